// Keeps what is typed into a long form on the server, as often as its author pauses: a lost session, a crash and a closed
// tab then cost a few words at most. data-draft is the address; the other data attributes are what the author is told.
import { isTypedInto, postDraft, typedIn } from '../draft_form.js';
import { noteLeftBehind, pauseUntilNewer } from '../draft_left_behind.js';
import { saveBeforeLeaving } from '../leaving.js';
import { TypingPause } from '../typing_pause.js';

const RETRY_MS = 15000;

export default function keepDraft(form) {
  const state = form.querySelector('[data-draft-state]');
  const { draft_version: version, draft_id: id } = form.elements;
  const pause = new TypingPause(send);
  let sending = null;
  let changed = false;
  let over = false;
  let older = false;
  let last = null;

  async function send() {
    pause.end();
    if (!changed || over || sending) return;
    changed = false;
    sending = postDraft(form, typedIn(form)).then(tell);
    await sending;
    sending = null;
    if (changed && !over && !pause.isAwaited) wait();
  }

  // A page that goes cannot wait: what was typed since the saving that is on its way follows it as the version after.
  function sendLast() {
    if (!sending) return void send();
    if (!changed || over || last) return;
    last = typedIn(form);
    last.set('draft_version', Number(version.value) + 1);
    postDraft(form, last);
  }

  function leave() {
    if (older) return;
    sendLast();
    noteLeftBehind(id.value, over ? 0 : Number(version.value) + Boolean(sending) + Boolean(last));
  }

  // The page was read before the last words arrived: it is read once more, and nothing is typed into it until then.
  function readAgainIfOlder() {
    const milliseconds = pauseUntilNewer(id.value, Number(version.value));
    if (milliseconds === undefined) return;
    if ('unsaved' in form.dataset) return noteLeftBehind(id.value, 0);
    older = form.inert = true;
    window.setTimeout(() => window.location.reload(), milliseconds);
  }

  async function tell(response) {
    if (response?.status === 401) await tellThatSignedOut(response);
    else if (response?.redirected || response?.status === 403) stop(form.dataset.ended);
    else if (response?.status === 409) state.textContent = (await response.json()).sentence;
    else if (response?.status === 412) stop(form.dataset.overtaken);
    else if (response?.status === 413 || response?.status === 422) state.textContent = form.dataset.refused;
    else if (response?.ok) {
      const kept = await response.json();
      goOnFrom(kept);
      state.textContent = form.dataset.kept.replace('{time}', kept.time);
    } else {
      changed = true;
      state.textContent = form.dataset.failed;
      pause.callAfter(RETRY_MS);
    }
  }

  // After the session's end the form still keeps what is typed, as long as the server gives it a ticket to go on with.
  async function tellThatSignedOut(response) {
    const kept = await response.json().catch(() => ({}));
    if (!kept.ticket) return stop(form.dataset.ended);
    goOnFrom(kept);
    state.textContent = form.dataset.goingOn;
  }

  function goOnFrom(kept) {
    version.value = kept.version;
    form.elements.draft_ticket.value = kept.ticket;
  }

  function stop(words) {
    over = true;
    state.textContent = words;
  }

  function wait() {
    changed = true;
    pause.goOn();
  }

  readAgainIfOlder();
  // A form that is shown again holds words that came after the last saving; others were typed before this script came.
  if (!older && ('unsaved' in form.dataset || isTypedInto(form))) wait();
  form.addEventListener('input', wait);
  form.addEventListener('change', wait);
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && sendLast());
  // Before the next page is asked for; visibilitychange comes when it is there already.
  window.addEventListener('beforeunload', sendLast);
  window.addEventListener('pagehide', leave);
  saveBeforeLeaving(form, () => !older && !over && (changed || sending), () => Promise.resolve(sending).then(send));
  // A saving that is on its way arrives before the form itself, which then knows its version.
  form.addEventListener('submit', async (event) => {
    over = true;
    pause.end();
    if (!sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await sending;
    form.requestSubmit(event.submitter);
  });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) window.location.reload();
  });
}
