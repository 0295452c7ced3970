// Everything by keyboard. Letters go by their place on the keyboard, so that they work in either alphabet.

const LEAP = 10;
const NUDGE_PX = 40;
const ZOOM_STEP = 1.25;
const WINDOW_STEP = 0.05;
const TYPED_IN = 'input, select, textarea, summary';

export function actOf({ code, key, shiftKey }) {
  const move = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  if (move) {
    if (shiftKey) return { act: 'move', right: move[0] * NUDGE_PX, down: move[1] * NUDGE_PX };
    return { act: 'step', by: move[0] + move[1] };
  }
  if (key === '+' || key === '=') return { act: 'zoom', by: ZOOM_STEP };
  if (key === '-' || key === '_') return { act: 'zoom', by: 1 / ZOOM_STEP };
  return {
    PageUp: { act: 'step', by: -LEAP },
    PageDown: { act: 'step', by: LEAP },
    Home: { act: 'step', by: -Infinity },
    End: { act: 'step', by: Infinity },
    KeyI: { act: 'invert' },
    KeyR: { act: 'reset' },
    KeyB: { act: 'window', right: 0, down: shiftKey ? WINDOW_STEP : -WINDOW_STEP },
    KeyC: { act: 'window', right: shiftKey ? WINDOW_STEP : -WINDOW_STEP, down: 0 },
    Digit1: { act: 'preset', name: 'soft' },
    Digit2: { act: 'preset', name: 'lung' },
    Digit3: { act: 'preset', name: 'bone' },
    Digit4: { act: 'preset', name: 'brain' },
  }[code];
}

export function watchKeys(doer) {
  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest(TYPED_IN)) return;
    const deed = actOf(event);
    if (!deed) return;
    event.preventDefault();
    doer[deed.act](deed);
  });
}
