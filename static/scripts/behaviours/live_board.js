// Keeps the dispatcher's queue up to date: the event process says that something changed, the page fetches the
// queue anew. Focus and scroll stay where they are; while words are being selected, a button waits instead.
const TOGETHER_MS = 400;
const REFUSED_AGAIN_MS = 15000;

export default function liveBoard(board) {
  const status = document.getElementById('board-status');
  const show = document.getElementById('board-show');
  let waiting = 0;
  let interrupted = false;

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
    const answer = await fetch(board.dataset.page, { credentials: 'same-origin' }).catch(() => null);
    if (answer?.redirected) say(board.dataset.ended);
    else if (answer?.ok) replace(board, await answer.text());
    else interrupted = true;
  }

  const refreshSoon = () => {
    waiting ||= window.setTimeout(refresh, TOGETHER_MS);
  };

  show.addEventListener('click', () => {
    document.getSelection().removeAllRanges();
    refresh();
  });

  function listen() {
    const stream = new EventSource(board.dataset.events, { withCredentials: true });
    stream.addEventListener('open', () => {
      say(board.dataset.live);
      if (interrupted) refreshSoon();
      interrupted = false;
    });
    stream.addEventListener('error', () => {
      interrupted = true;
      say(board.dataset.broken);
      // The browser itself tries again after a lost connection, but not after a refusal.
      if (stream.readyState === EventSource.CLOSED) window.setTimeout(listen, REFUSED_AGAIN_MS);
    });
    stream.addEventListener('changed', refreshSoon);
    stream.addEventListener('ended', () => {
      stream.close();
      say(board.dataset.ended);
    });
    window.addEventListener('pagehide', () => stream.close(), { once: true });
  }

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
