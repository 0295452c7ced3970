// Everything by keyboard. Letters go by their place on the keyboard, so that they work in either alphabet.

const PAGE_STEP = 10;
const MOVE_STEP_PX = 40;
const ZOOM_STEP = 1.25;
const WINDOW_STEP = 0.05;
const KEYBOARD_CONTROLS = 'input, select, textarea, summary';

export function commandOf({ code, key, shiftKey }) {
  const arrow = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[key];
  if (arrow) {
    if (shiftKey) return { name: 'move', right: arrow[0] * MOVE_STEP_PX, down: arrow[1] * MOVE_STEP_PX };
    return { name: 'step', by: arrow[0] + arrow[1] };
  }
  if (key === '+' || key === '=') return { name: 'zoom', by: ZOOM_STEP };
  if (key === '?') return { name: 'help' };
  if (key === '-' || key === '_') return { name: 'zoom', by: 1 / ZOOM_STEP };
  return {
    PageUp: { name: 'step', by: -PAGE_STEP },
    PageDown: { name: 'step', by: PAGE_STEP },
    Home: { name: 'step', by: -Infinity },
    End: { name: 'step', by: Infinity },
    KeyI: { name: 'invert' },
    KeyR: { name: 'reset' },
    KeyB: { name: 'window', right: 0, down: shiftKey ? WINDOW_STEP : -WINDOW_STEP },
    KeyC: { name: 'window', right: shiftKey ? WINDOW_STEP : -WINDOW_STEP, down: 0 },
    Digit1: { name: 'preset', preset: 'soft' },
    Digit2: { name: 'preset', preset: 'lung' },
    Digit3: { name: 'preset', preset: 'bone' },
    Digit4: { name: 'preset', preset: 'brain' },
  }[code];
}

export function bindKeyboard(commands) {
  document.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest(KEYBOARD_CONTROLS)) return;
    const command = commandOf(event);
    if (!command) return;
    event.preventDefault();
    commands[command.name](command);
  });
}
