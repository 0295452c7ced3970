// Lets the device make a passkey when its form is sent, and sends it along. Without a name the service says what lacks.
import { ask, known, make } from '../passkeys.js';

export default function passkeyRegistration(form) {
  const unable = form.parentElement.querySelector('[data-unable]');
  const failed = form.querySelector('[data-failed]');
  const knownHere = form.querySelector('[data-known]');
  const button = form.querySelector('button');
  if (!known()) {
    unable.hidden = false;
    button.disabled = true;
    return;
  }
  form.addEventListener('submit', async (event) => {
    if (!form.elements.name.value.trim()) return;
    event.preventDefault();
    failed.hidden = true;
    knownHere.hidden = true;
    button.disabled = true;
    try {
      const options = await ask(form.dataset.challenges, { csrf_token: form.elements.csrf_token.value });
      form.elements.credential.value = await make(options);
      form.submit();
    } catch (fault) {
      (fault.name === 'InvalidStateError' ? knownHere : failed).hidden = false;
      button.disabled = false;
    }
  });
}
