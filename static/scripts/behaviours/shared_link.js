// Takes the link out of the address, whose last part never leaves the browser, and into the form; then it stands in no history.

export default function sharedLink(form) {
  const token = window.location.hash.slice(1);
  if (!token) return;
  form.elements.link.value = token;
  window.history.replaceState(null, '', window.location.pathname);
  // Whoever came by the link has nothing to type here; where nothing opened, it is shown to be looked at.
  form.querySelector('[data-link]').hidden = true;
}
