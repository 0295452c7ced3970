// Keeps what is typed into a long form on the server, as often as its author pauses: a lost session, a crash and a closed
// tab then cost a few words at most. data-draft is the address; the other data attributes are what the author is told.
const PAUSE_MS = 1500;
const LONGEST_WAIT_MS = 10000;
const RETRY_MS = 15000;
// What a browser still sends after the page is gone.
const LARGEST_KEEPALIVE_BODY = 60000;

export default function keepDraft(form) {
  const state = form.querySelector('[data-draft-state]');
  const version = form.elements.draft_version;
  let timer = 0;
  let waitingSince = 0;
  let sending = null;
  let changed = false;
  let over = false;

  function typed() {
    return new URLSearchParams(new FormData(form));
  }

  async function send(lasting = false) {
    window.clearTimeout(timer);
    timer = waitingSince = 0;
    if (!changed || over || sending) return;
    changed = false;
    const body = typed();
    const keepalive = lasting && body.toString().length < LARGEST_KEEPALIVE_BODY;
    sending = fetch(form.dataset.draft, { method: 'POST', body, keepalive, headers: { Accept: 'application/json' }, credentials: 'same-origin' })
      .catch(() => null)
      .then(tell);
    await sending;
    sending = null;
    if (changed && !over && !timer) wait();
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
      timer = window.setTimeout(send, RETRY_MS);
    }
  }

  function typedInto(field) {
    if (field.options) return [...field.options].some((each) => each.defaultSelected && !each.selected);
    return field.type !== 'hidden' && 'defaultValue' in field && field.value !== field.defaultValue;
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
    waitingSince ||= Date.now();
    window.clearTimeout(timer);
    timer = window.setTimeout(send, Math.min(PAUSE_MS, Math.max(0, waitingSince + LONGEST_WAIT_MS - Date.now())));
  }

  // A form that is shown again holds words that came after the last saving; others were typed before this script came.
  if ('unsaved' in form.dataset || [...form.elements].some(typedInto)) wait();
  form.addEventListener('input', wait);
  form.addEventListener('change', wait);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') send(true);
  });
  // A saving that is on its way arrives before the form itself, which then knows its version.
  form.addEventListener('submit', async (event) => {
    over = true;
    window.clearTimeout(timer);
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
