// Sends a filter form as soon as a choice is made, so that nobody looks for the button. The arrows of a keyboard pass through
// choices that nobody means: by keyboard it is sent when the field is left, or with Enter, and the focus is where it was.
const KEY = 'focus-after-filter';

export default function submitOnChange(form) {
  let byKeys = false;
  let chosen = false;

  function send(next) {
    sessionStorage.setItem(KEY, next?.id ?? '');
    form.requestSubmit();
  }

  takeFocusBack(form);
  form.addEventListener('pointerdown', () => {
    byKeys = false;
  });
  form.addEventListener('keydown', (event) => {
    byKeys = event.key !== 'Enter';
    if (event.key !== 'Enter' || !chosen || !event.target.matches('select')) return;
    event.preventDefault();
    send(event.target);
  });
  form.addEventListener('change', (event) => {
    chosen = true;
    if (!byKeys) send(event.target);
  });
  form.addEventListener('focusout', (event) => {
    if (chosen && byKeys) send(event.relatedTarget);
  });
}

function takeFocusBack(form) {
  const id = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  const field = id && form.querySelector(`#${CSS.escape(id)}`);
  if (!field) return;
  const fold = form.closest('details');
  if (fold) fold.open = true;
  field.focus();
}
