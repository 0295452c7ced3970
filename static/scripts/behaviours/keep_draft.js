// Keeps what is typed into a long form on the server, as often as its author pauses: a lost session, a crash and a closed
// tab then cost a few words at most. data-draft is the address; the other data attributes are what the author is told.
const PAUSE_MS = 1500;
const LONGEST_WAIT_MS = 10000;
const RETRY_MS = 15000;
// What a browser still sends after the page is gone.
const LARGEST_KEEPALIVE_BODY = 60000;
// Whoever leaves by a link or another form of the page waits so long for the last words, and no longer.
const LONGEST_HOLD_MS = 2000;
// Which version of which draft this tab has left behind: a page that is read again at once may be older than that.
const LEFT = 'draft-left';
const LEFT_HOLDS_MS = 20000;
const OLDER_PAUSES_MS = [200, 600, 1500];

const pause = (milliseconds) => new Promise((done) => window.setTimeout(done, milliseconds));

export default function keepDraft(form) {
  const state = form.querySelector('[data-draft-state]');
  const version = form.elements.draft_version;
  let timer = 0;
  let waitingSince = 0;
  let sending = null;
  let changed = false;
  let over = false;
  let older = false;
  let letGo = false;
  let last = null;

  function typed() {
    return new URLSearchParams(new FormData(form));
  }

  function post(body) {
    const keepalive = body.toString().length < LARGEST_KEEPALIVE_BODY;
    const headers = { Accept: 'application/json' };
    return fetch(form.dataset.draft, { method: 'POST', body, keepalive, headers, credentials: 'same-origin' }).catch(() => null);
  }

  async function send() {
    window.clearTimeout(timer);
    timer = waitingSince = 0;
    if (!changed || over || sending) return;
    changed = false;
    sending = post(typed()).then(tell);
    await sending;
    sending = null;
    if (changed && !over && !timer) wait();
  }

  async function sendAll() {
    await sending;
    await send();
  }

  // A page that goes cannot wait: what was typed since the saving that is on its way follows it as the version after.
  function sendLast() {
    if (!sending) return void send();
    if (!changed || over || last) return;
    last = typed();
    last.set('draft_version', Number(version.value) + 1);
    post(last);
  }

  function leave() {
    if (older) return;
    sendLast();
    const coming = Number(version.value) + Boolean(sending) + Boolean(last);
    if (over || !coming) sessionStorage.removeItem(LEFT);
    else sessionStorage.setItem(LEFT, JSON.stringify({ id: form.elements.draft_id.value, version: coming, at: Date.now(), tries: 0 }));
  }

  // The page was read before the last words arrived: it is read once more, and nothing is typed into it until then.
  function readAgainIfOlder() {
    const left = JSON.parse(sessionStorage.getItem(LEFT));
    sessionStorage.removeItem(LEFT);
    if (left?.id !== form.elements.draft_id.value || left.version <= Number(version.value)) return;
    if ('unsaved' in form.dataset || left.tries >= OLDER_PAUSES_MS.length || Date.now() - left.at > LEFT_HOLDS_MS) return;
    older = form.inert = true;
    sessionStorage.setItem(LEFT, JSON.stringify({ ...left, tries: left.tries + 1 }));
    window.setTimeout(() => window.location.reload(), OLDER_PAUSES_MS[left.tries]);
  }

  const holds = () => !older && !over && !letGo && (changed || sending);

  async function hold(event, goOn) {
    event.preventDefault();
    event.stopImmediatePropagation();
    await Promise.race([sendAll(), pause(LONGEST_HOLD_MS)]);
    letGo = true;
    goOn();
    letGo = false;
  }

  function leadsAway(event, link) {
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!plain || !link || link.target || !link.protocol.startsWith('http')) return false;
    return link.pathname !== window.location.pathname || link.search !== window.location.search;
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

  readAgainIfOlder();
  // A form that is shown again holds words that came after the last saving; others were typed before this script came.
  if (!older && ('unsaved' in form.dataset || [...form.elements].some(typedInto))) wait();
  form.addEventListener('input', wait);
  form.addEventListener('change', wait);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') sendLast();
  });
  // Before the next page is asked for; visibilitychange comes when it is there already.
  window.addEventListener('beforeunload', sendLast);
  window.addEventListener('pagehide', leave);
  document.addEventListener(
    'submit',
    (event) => {
      const { target, submitter } = event;
      if (target !== form && holds()) hold(event, () => target.requestSubmit(submitter));
    },
    true,
  );
  document.addEventListener(
    'click',
    (event) => {
      const link = event.target.closest('a[href]');
      if (holds() && leadsAway(event, link)) hold(event, () => window.location.assign(link.href));
    },
    true,
  );
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
