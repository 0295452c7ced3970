// Characters that act on a page instead of standing on it: shown as what they are, as the server does in its pages
// (foundation/language/marks.py; a test holds the two lists together).

const ACTING = '\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
const RIGHT_TO_LEFT = '\\u0590-\\u061b\\u061d-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc';
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
const EACH_ACTING = new RegExp(`[${ACTING}]`, 'g');
const ANY_RIGHT_TO_LEFT = new RegExp(`[${RIGHT_TO_LEFT}]`);

// The text with each acting character as its name, [U+202E]; one in a script from right to left within isolates.
export function withMarksShown(text) {
  const shown = text.replace(EACH_ACTING, (found) => `[U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
  return ANY_RIGHT_TO_LEFT.test(shown) ? `${FIRST_STRONG_ISOLATE}${shown}${POP_ISOLATE}` : shown;
}
