// Keeps an impatient second click from sending a form twice; the server forgives it in any case.
const QUIET_MS = 5000;

export default function once(form) {
  let sentAt = -Infinity;
  form.addEventListener('submit', (event) => {
    if (event.timeStamp - sentAt < QUIET_MS) event.preventDefault();
    else sentAt = event.timeStamp;
  });
}
