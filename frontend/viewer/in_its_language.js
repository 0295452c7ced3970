// Text from the images' headers, in an element that says in which language it is, where that is not the page's (WCAG 2.2, 3.1.2).

// As foundation/language/other_language.py tells them: a short Latin word may be a unit, a code or an acronym.
const TELLING = { en: /[\u0400-\u052f]/, ru: /[A-Za-z\u00c0-\u024f]{4}/ };
const OTHER = { en: 'ru', ru: 'en' };

export function writeInto(element, text) {
  element.textContent = text;
  const language = otherLanguage(text, document.documentElement.lang);
  if (language) element.lang = language;
  else element.removeAttribute('lang');
}

// Empty where the text is in the page's language, or says nothing in any.
export function otherLanguage(text, ofPage) {
  return TELLING[ofPage]?.test(text) ? OTHER[ofPage] : '';
}
