// Keeps the dispatcher's queue up to date: the event process says that something changed, the page fetches the
// queue anew. Focus and scroll stay where they are; while words are being selected, a button waits instead.
// Fetching keeps nobody signed in, only touching the page does; once the session has ended, no name stays here.
import { replaceContent, selectionWithin } from '../board_content.js';

const BATCH_MS = 400;
const RECONNECT_MS = 15000;
// A stream opens in a moment, or waits in silence behind others of this browser.
const OPEN_WITHIN_MS = 5000;
const PRESENCE_INTERVAL_MS = 2 * 60 * 1000;
// As long as a session of staff lives without them: a board that hears nothing hides what may be nobody's to see.
const HIDE_WHEN_DISCONNECTED_MS = 15 * 60 * 1000;
const ACTIVITY_EVENTS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];

export default function liveBoard(board) {
  const status = document.getElementById('board-status');
  const showButton = document.getElementById('board-show');
  let refreshTimer = 0;
  let interrupted = false;
  let hideTimer = 0;
  let ended = false;
  let givenWay = false;
  let lastActivityAt = 0;
  let presenceSentAt = Date.now();

  const setStatus = (text) => {
    status.classList.toggle('board-status--stale', text !== board.dataset.live);
    if (status.textContent !== text) status.textContent = text;
  };

  function showStale(text) {
    interrupted = true;
    setStatus(text);
    hideTimer ||= window.setTimeout(() => board.replaceChildren(), HIDE_WHEN_DISCONNECTED_MS);
  }

  async function refresh() {
    refreshTimer = 0;
    showButton.hidden = !selectionWithin(board);
    if (!showButton.hidden) return;
    const response = await fetch(board.dataset.page, { credentials: 'same-origin', headers: presenceHeaders() }).catch(() => null);
    if (response?.redirected || response?.status === 403) showSessionEnded();
    else if (response?.ok) replaceContent(board, await response.text());
    else interrupted = true;
  }

  function presenceHeaders() {
    if (Date.now() - lastActivityAt > PRESENCE_INTERVAL_MS) return {};
    lastActivityAt = 0;
    presenceSentAt = Date.now();
    return { 'X-Attended': '1' };
  }

  function showSessionEnded() {
    ended = true;
    board.replaceChildren();
    showButton.hidden = true;
    setStatus(board.dataset.ended);
  }

  function noteActivity() {
    lastActivityAt = Date.now();
    if (givenWay) {
      givenWay = false;
      connect();
    }
    if (!ended && lastActivityAt - presenceSentAt > PRESENCE_INTERVAL_MS) scheduleRefresh();
  }

  const scheduleRefresh = () => {
    refreshTimer ||= window.setTimeout(refresh, BATCH_MS);
  };

  showButton.addEventListener('click', () => {
    document.getSelection().removeAllRanges();
    refresh();
  });

  function connect() {
    if (ended) return;
    const stream = new EventSource(board.dataset.events, { withCredentials: true });
    const waiting = window.setTimeout(() => showStale(board.dataset.broken), OPEN_WITHIN_MS);
    stream.addEventListener('open', () => {
      window.clearTimeout(waiting);
      setStatus(board.dataset.live);
      window.clearTimeout(hideTimer);
      hideTimer = 0;
      if (interrupted) scheduleRefresh();
      interrupted = false;
    });
    stream.addEventListener('error', () => {
      window.clearTimeout(waiting);
      if (ended) return;
      showStale(board.dataset.broken);
      // The browser itself tries again after a lost connection, but not after a refusal: has the session ended?
      if (stream.readyState === EventSource.CLOSED) {
        scheduleRefresh();
        window.setTimeout(connect, RECONNECT_MS);
      }
    });
    stream.addEventListener('changed', scheduleRefresh);
    stream.addEventListener('ended', () => {
      window.clearTimeout(waiting);
      stream.close();
      showSessionEnded();
    });
    // Whoever has too many windows open goes on in the one that they touch.
    stream.addEventListener('given-way', () => {
      stream.close();
      givenWay = true;
      showStale(board.dataset.givenWay);
    });
    window.addEventListener('pagehide', () => stream.close(), { once: true });
  }

  for (const name of ACTIVITY_EVENTS) document.addEventListener(name, noteActivity, { passive: true });
  connect();
}
