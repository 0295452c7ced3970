// Words typed into a short form come back where the page went before they arrived: another language, another slot, a refusal, or
// the end of their author's session. They wait in this tab alone, never in an address, under the form's own address, and go when
// they are sent. The sign-in page keeps them and says that a step was not carried out; every page of somebody signed in forgets
// what was answered, and what somebody else typed.
import { isTypedInto } from '../draft_form.js';

const KEY = 'unsent-words';

const author = () => document.querySelector('[data-author]')?.dataset.author;
const waiting = () => JSON.parse(sessionStorage.getItem(KEY)) ?? {};
const isRefusal = () => document.querySelector('.nhsuk-error-summary') !== null;

function keep(words) {
  if (Object.keys(words).length) sessionStorage.setItem(KEY, JSON.stringify(words));
  else sessionStorage.removeItem(KEY);
}

export default function unsentWords(element) {
  if (element.matches('[data-unsent]')) tellThatTheyWait(element);
  else if (element.matches('[data-author]')) forgetWhatArrived();
  else keepWordsOf(element);
}

function tellThatTheyWait(element) {
  const words = Object.entries(waiting());
  if (!words.some(([, each]) => each.sent)) return;
  keep(Object.fromEntries(words.map(([address, each]) => [address, { ...each, sent: false }])));
  element.querySelector('[hidden]').hidden = false;
}

function forgetWhatArrived() {
  const own = Object.entries(waiting()).filter(([, each]) => each.author === author() && (!each.sent || isRefusal()));
  keep(Object.fromEntries(own.map(([address, each]) => [address, { ...each, sent: false }])));
}

function keepWordsOf(form) {
  const address = new URL(form.action).pathname;
  const words = waiting()[address];
  const keepAs = (sent) => keep({ ...waiting(), [address]: { author: author(), typed: typedInto(form), sent } });
  // Whoever was quicker than this module goes before what waited.
  if (isTypedInto(form)) keepAs(false);
  else if (words?.author === author() && !isSame(words.typed, typedInto(form))) putBack(form, words.typed);
  form.addEventListener('input', () => keepAs(false));
  form.addEventListener('submit', () => keepAs(true));
}

const isSame = (some, others) => JSON.stringify(some) === JSON.stringify(others);
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
