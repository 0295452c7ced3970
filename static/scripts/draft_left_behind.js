// Which version of which draft this tab has left behind: a page that is read again at once may be older than that.
const KEY = 'draft-left';
const HOLDS_MS = 20000;
const PAUSES_MS = [200, 600, 1500];

// Forgets the one before; of no version there is nothing to note.
export function noteLeftBehind(id, version) {
  if (version) sessionStorage.setItem(KEY, JSON.stringify({ id, version, at: Date.now(), tries: 0 }));
  else sessionStorage.removeItem(KEY);
}

// After how long the page is to be read once more; nothing where it holds what was left, or was read often enough.
export function pauseUntilNewer(id, version) {
  const left = JSON.parse(sessionStorage.getItem(KEY));
  sessionStorage.removeItem(KEY);
  if (left?.id !== id || left.version <= version) return undefined;
  if (left.tries >= PAUSES_MS.length || Date.now() - left.at > HOLDS_MS) return undefined;
  sessionStorage.setItem(KEY, JSON.stringify({ ...left, tries: left.tries + 1 }));
  return PAUSES_MS[left.tries];
}
