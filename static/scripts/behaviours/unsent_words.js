// Words typed into a short form come back when its author signs in again, where their session ended before the form arrived.
// They wait in this tab alone, never in an address. Only the sign-in page knows that a step was not carried out and marks them
// so; every page of somebody signed in forgets what was answered, and what somebody else typed.
const KEY = 'unsent-words';

const author = () => document.querySelector('[data-author]')?.dataset.author;
const waiting = () => JSON.parse(sessionStorage.getItem(KEY));
const keep = (words) => sessionStorage.setItem(KEY, JSON.stringify(words));
const forget = () => sessionStorage.removeItem(KEY);

export default function unsentWords(element) {
  if (element.matches('[data-unsent]')) tellThatTheyWait(element);
  else if (element.matches('[data-author]')) forgetUnlessUnsent();
  else keepWordsOf(element);
}

function tellThatTheyWait(element) {
  const words = waiting();
  if (!words) return;
  keep({ ...words, unsent: true });
  element.querySelector('[hidden]').hidden = false;
}

function forgetUnlessUnsent() {
  const words = waiting();
  if (words && !(words.unsent && words.author === author())) forget();
}

function keepWordsOf(form) {
  const address = new URL(form.action).pathname;
  const words = waiting();
  if (words?.unsent && words.author === author() && words.address === address) {
    forget();
    putBack(form, words.typed);
  }
  form.addEventListener('submit', () => keep({ author: author(), address, typed: typedInto(form) }));
}

const fieldsOf = (form) => [...form.elements].filter((field) => field.name && field.type !== 'hidden' && field.type !== 'submit');
const isChoice = (field) => field.type === 'radio' || field.type === 'checkbox';

function typedInto(form) {
  return fieldsOf(form)
    .filter((field) => !isChoice(field) || field.checked)
    .map((field) => [field.name, field.value]);
}

function putBack(form, typed) {
  for (const field of fieldsOf(form)) {
    const values = typed.filter(([name]) => name === field.name).map(([, value]) => value);
    if (isChoice(field)) field.checked = values.includes(field.value);
    else if (values.length) [field.value] = values;
  }
  const told = document.createElement('p');
  told.setAttribute('role', 'status');
  form.prepend(told);
  told.textContent = form.dataset.putBack;
  const fold = form.closest('details');
  if (fold) fold.open = true;
  form.scrollIntoView({ block: 'center' });
}
