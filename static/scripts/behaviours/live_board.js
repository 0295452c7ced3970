// Keeps the dispatcher's queue up to date: the event process says that something changed, the page fetches the
// queue anew. Focus and scroll stay where they are; while words are being selected, a button waits instead.
// Fetching keeps nobody signed in, only touching the page does; once the session has ended, no name stays here.
const TOGETHER_MS = 400;
const REFUSED_AGAIN_MS = 15000;
const PRESENCE_TOLD_EVERY_MS = 2 * 60 * 1000;
// As long as a session of staff lives without them: a board that hears nothing hides what may be nobody's to see.
const HIDDEN_WITHOUT_NEWS_MS = 15 * 60 * 1000;
const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];

export default function liveBoard(board) {
  const status = document.getElementById('board-status');
  const show = document.getElementById('board-show');
  let waiting = 0;
  let interrupted = false;
  let hiding = 0;
  let ended = false;
  let touchedAt = 0;
  let presenceToldAt = Date.now();

  const say = (words) => {
    if (status.textContent !== words) status.textContent = words;
  };

  async function refresh() {
    waiting = 0;
    if (selectsWithin(board)) {
      show.hidden = false;
      return;
    }
    show.hidden = true;
    const answer = await fetch(board.dataset.page, { credentials: 'same-origin', headers: presence() }).catch(() => null);
    if (answer?.redirected || answer?.status === 403) end();
    else if (answer?.ok) replace(board, await answer.text());
    else interrupted = true;
  }

  function presence() {
    if (Date.now() - touchedAt > PRESENCE_TOLD_EVERY_MS) return {};
    touchedAt = 0;
    presenceToldAt = Date.now();
    return { 'X-Attended': '1' };
  }

  function end() {
    ended = true;
    board.replaceChildren();
    show.hidden = true;
    say(board.dataset.ended);
  }

  function noteTouch() {
    touchedAt = Date.now();
    if (!ended && touchedAt - presenceToldAt > PRESENCE_TOLD_EVERY_MS) refreshSoon();
  }

  const refreshSoon = () => {
    waiting ||= window.setTimeout(refresh, TOGETHER_MS);
  };

  show.addEventListener('click', () => {
    document.getSelection().removeAllRanges();
    refresh();
  });

  function listen() {
    if (ended) return;
    const stream = new EventSource(board.dataset.events, { withCredentials: true });
    stream.addEventListener('open', () => {
      say(board.dataset.live);
      window.clearTimeout(hiding);
      hiding = 0;
      if (interrupted) refreshSoon();
      interrupted = false;
    });
    stream.addEventListener('error', () => {
      if (ended) return;
      interrupted = true;
      say(board.dataset.broken);
      hiding ||= window.setTimeout(() => board.replaceChildren(), HIDDEN_WITHOUT_NEWS_MS);
      // The browser itself tries again after a lost connection, but not after a refusal: has the session ended?
      if (stream.readyState === EventSource.CLOSED) {
        refreshSoon();
        window.setTimeout(listen, REFUSED_AGAIN_MS);
      }
    });
    stream.addEventListener('changed', refreshSoon);
    stream.addEventListener('ended', () => {
      stream.close();
      end();
    });
    window.addEventListener('pagehide', () => stream.close(), { once: true });
  }

  for (const touch of TOUCHES) document.addEventListener(touch, noteTouch, { passive: true });
  listen();
}

export function selectsWithin(board) {
  const selection = document.getSelection();
  return !selection.isCollapsed && board.contains(selection.anchorNode);
}

export function replace(board, html) {
  const held = board.contains(document.activeElement) ? document.activeElement.id : '';
  const aside = board.querySelector('.table-scroll')?.scrollLeft ?? 0;
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  board.replaceChildren(...fresh.body.childNodes);
  const table = board.querySelector('.table-scroll');
  if (table) table.scrollLeft = aside;
  if (held) document.getElementById(held)?.focus({ preventScroll: true });
}
