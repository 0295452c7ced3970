// Counts down the minutes for which a record stays open, and says when they are over. The browser's clock may be wrong, so the
// seconds that were left when the page was made are counted from its opening.
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export default function timeLeft(element) {
  const endsAt = Date.now() + element.dataset.left * SECOND_MS;
  const minutes = element.querySelector('[data-minutes]');

  function tell() {
    const left = endsAt - Date.now();
    minutes.textContent = minutesOf(left);
    element.querySelector('[data-while]').hidden = left <= 0;
    element.querySelector('[data-over]').hidden = left > 0;
    if (left > 0) window.setTimeout(tell, Math.min(left, SECOND_MS * 10));
  }

  // A machine that slept has counted nothing.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) tell();
  });
  tell();
}

// A begun minute counts.
export function minutesOf(leftMs) {
  return Math.max(0, Math.ceil(leftMs / MINUTE_MS));
}
