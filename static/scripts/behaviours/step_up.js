// Lets the device confirm who sits there, and then sends what waits on the page. The session begins anew meanwhile, so that the
// form goes with the token of the new one.
import { ask, known, use } from '../passkeys.js';

// A page has come in place of this one by then; a file has not, and then this page says so.
const PAGE_COMES_WITHIN_MS = 2000;

export default function stepUp(form) {
  const unable = form.parentElement.querySelector('[data-unable]');
  const failed = form.querySelector('[data-failed]');
  const done = form.parentElement.querySelector('[data-done]');
  const button = form.querySelector('button');
  if (!known()) {
    unable.hidden = false;
    button.disabled = true;
    return;
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    failed.hidden = true;
    button.disabled = true;
    const { challenges, proof, token } = form.dataset;
    try {
      const options = await ask(challenges, { csrf_token: token });
      const given = await ask(proof, { csrf_token: token, credential: await use(options) });
      if (form.elements.csrf_token) form.elements.csrf_token.value = given.csrf_token;
      form.dataset.token = given.csrf_token;
      form.submit();
      setTimeout(() => {
        form.hidden = true;
        done.hidden = false;
      }, PAGE_COMES_WITHIN_MS);
    } catch {
      failed.hidden = false;
      button.disabled = false;
    }
  });
}
