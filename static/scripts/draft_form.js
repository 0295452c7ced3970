// A long form as its draft's address takes it.

// What a browser still sends after the page is gone.
const LARGEST_KEEPALIVE_BODY = 60000;

export function typedIn(form) {
  return new URLSearchParams(new FormData(form));
}

// Nothing where the server was not reached.
export function postDraft(form, body) {
  const keepalive = body.toString().length < LARGEST_KEEPALIVE_BODY;
  const headers = { Accept: 'application/json' };
  return fetch(form.dataset.draft, { method: 'POST', body, keepalive, headers, credentials: 'same-origin' }).catch(() => null);
}

export function isTypedInto(form) {
  return [...form.elements].some(isChanged);
}

function isChanged(field) {
  if (field.options) return [...field.options].some((each) => each.defaultSelected && !each.selected);
  if (field.type === 'radio' || field.type === 'checkbox') return field.checked !== field.defaultChecked;
  return field.type !== 'hidden' && 'defaultValue' in field && field.value !== field.defaultValue;
}
