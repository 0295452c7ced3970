// Warns before a session ends, while there is time to go on. Asking how long it lasts keeps nobody signed in, the press of the
// button does; the longest time that anybody may be signed in is told and cannot be prolonged. Another tab may have been used
// meanwhile, so the service is asked before anybody is warned.
import { askSession, endsAtFirst, endsOf, SECOND_MS } from '../session_time.js';

// What sleeps longer than a browser's timer counts is asked again then.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export default function sessionEnd(dialog) {
  const { address } = dialog.dataset;
  const left = dialog.querySelector('[data-left]');
  const failed = dialog.querySelector('[data-failed]');
  let ends = endsAtFirst(dialog.dataset);
  let timer = 0;
  let dismissed = false;
  let kind = '';

  function wait() {
    window.clearTimeout(timer);
    const delay = nextEnd() - ends.warnedMs - Date.now();
    timer = window.setTimeout(look, Math.min(Math.max(delay, SECOND_MS), LONGEST_TIMER_MS));
  }

  // Whoever was told of the end for good, and went back to the page, is told next when it is over.
  function nextEnd() {
    return Math.min(ends.idleAt, ends.longestAt);
  }

  async function look() {
    const answer = await askSession(address, 'GET');
    if (answer === 'over') return showOver();
    if (answer) ends = endsOf(answer);
    const remaining = nextEnd() - Date.now();
    if (remaining > ends.warnedMs) {
      dismissed = false;
      close();
      return wait();
    }
    warn();
    return undefined;
  }

  function warn() {
    kind = ends.longestAt <= ends.idleAt ? 'longest' : 'idle';
    if (!(dismissed && kind === 'longest')) show(kind);
    countDown();
  }

  async function countDown() {
    window.clearTimeout(timer);
    const remaining = nextEnd() - Date.now();
    if (remaining <= 0) {
      // Another tab may have been used in the last moment.
      const answer = await askSession(address, 'GET');
      if (answer === 'over' || !answer) return showOver();
      ends = endsOf(answer);
      return look();
    }
    const seconds = Math.ceil(remaining / SECOND_MS);
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    timer = window.setTimeout(countDown, SECOND_MS);
    return undefined;
  }

  async function goOn() {
    failed.hidden = true;
    const answer = await askSession(address, 'POST');
    if (answer === 'over') return showOver();
    if (!answer) {
      failed.hidden = false;
      return undefined;
    }
    ends = endsOf(answer);
    close();
    return wait();
  }

  function show(which) {
    for (const part of dialog.querySelectorAll('[data-when]')) {
      part.hidden = !part.dataset.when.split('_or_').includes(which);
    }
    if (!dialog.open) dialog.showModal();
    dialog.querySelector('.session-end__ways > :not([hidden])').focus();
  }

  function showOver() {
    window.clearTimeout(timer);
    kind = 'over';
    dialog.classList.add('session-end--over');
    const signIn = dialog.querySelector('[data-sign-in]');
    signIn.search = new URLSearchParams({ asked_for: window.location.pathname + window.location.search });
    show('over');
  }

  function close() {
    failed.hidden = true;
    if (dialog.open) dialog.close();
  }

  dialog.querySelector('[data-go-on]').addEventListener('click', goOn);
  dialog.querySelector('[data-close]').addEventListener('click', () => {
    dismissed = true;
    close();
  });
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    if (kind === 'idle') goOn();
    if (kind === 'longest') {
      dismissed = true;
      close();
    }
  });
  // A machine that slept has counted nothing.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && kind !== 'over' && nextEnd() - Date.now() <= ends.warnedMs) look();
  });
  wait();
}
