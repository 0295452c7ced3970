// Keeps an impatient second click from sending a form twice; the server forgives it in any case.
const IGNORED_MS = 5000;

export default function submitOnce(form) {
  let submittedAt = -Infinity;
  form.addEventListener('submit', (event) => {
    if (event.timeStamp - submittedAt < IGNORED_MS) event.preventDefault();
    else submittedAt = event.timeStamp;
  });
}
