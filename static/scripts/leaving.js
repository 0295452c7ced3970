// Whoever leaves a page by a link, or by another form of it than this one, waits until it is saved, but not for long.
const LONGEST_HOLD_MS = 2000;

const pause = (milliseconds) => new Promise((done) => window.setTimeout(done, milliseconds));

// `unsaved` tells whether there is something to wait for, `save` begins it and ends when it is done.
export function saveBeforeLeaving(form, unsaved, save) {
  let letGo = false;

  async function hold(event, goOn) {
    event.preventDefault();
    event.stopImmediatePropagation();
    await Promise.race([save(), pause(LONGEST_HOLD_MS)]);
    letGo = true;
    goOn();
    letGo = false;
  }

  function onSubmit(event) {
    const { target, submitter } = event;
    if (target !== form && !letGo && unsaved()) hold(event, () => target.requestSubmit(submitter));
  }

  function onClick(event) {
    const link = event.target.closest('a[href]');
    if (!letGo && unsaved() && leadsAway(event, link)) hold(event, () => window.location.assign(link.href));
  }

  document.addEventListener('submit', onSubmit, true);
  document.addEventListener('click', onClick, true);
}

function leadsAway(event, link) {
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!plain || !link || link.target || !link.protocol.startsWith('http')) return false;
  return link.pathname !== window.location.pathname || link.search !== window.location.search;
}
