// What hands do on the picture: one finger or the left button uses the chosen tool, two fingers zoom and move,
// the wheel leafs, the right button zooms, the middle one moves.
import { dragged } from './windowing.js';

const BUTTON_TOOL = { 1: 'move', 2: 'zoom' };
const WHEEL_STEP_PX = 40;
const LINE_PX = 20;
const ZOOM_PER_PX = 0.005;
const SHORTEST_LEAF_PX = 6;
const LONGEST_LEAF_PX = 24;

export function watchHands(element, { stage, stack, tool, adjusted }) {
  const hands = new Map();
  let held = 0;

  const uses = {
    leaf(_right, down) {
      const step = element.clientHeight / Math.max(1, stack.imageIds.length);
      held += down / Math.min(LONGEST_LEAF_PX, Math.max(SHORTEST_LEAF_PX, step));
      const whole = Math.trunc(held);
      held -= whole;
      if (whole) stack.step(whole);
    },
    window(right, down) {
      const share = { right: right / element.clientWidth, down: down / element.clientHeight };
      if (stage.window) stage.window = dragged(stage.window, share);
      adjusted();
    },
    move: (right, down) => stage.moveBy(right, down),
    zoom: (_right, down) => stage.zoomBy(Math.exp(-down * ZOOM_PER_PX)),
  };

  function pinch(before, after) {
    stage.zoomBy(after.spread / Math.max(1, before.spread));
    stage.moveBy(after.x - before.x, after.y - before.y);
  }

  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    held = 0;
    hands.set(event.pointerId, { x: event.clientX, y: event.clientY, button: event.button });
    event.preventDefault();
  });

  element.addEventListener('pointermove', (event) => {
    const hand = hands.get(event.pointerId);
    if (!hand || !stack.laid) return;
    const before = between(hands);
    const [right, down] = [event.clientX - hand.x, event.clientY - hand.y];
    Object.assign(hand, { x: event.clientX, y: event.clientY });
    if (hands.size > 1) pinch(before, between(hands));
    else uses[BUTTON_TOOL[hand.button] ?? tool()](right, down);
  });

  for (const end of ['pointerup', 'pointercancel']) {
    element.addEventListener(end, (event) => hands.delete(event.pointerId));
  }
  element.addEventListener('contextmenu', (event) => event.preventDefault());

  let rolled = 0;
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const down = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * LINE_PX;
      if (event.ctrlKey) return void (stack.laid && stage.zoomBy(Math.exp(-down * ZOOM_PER_PX)));
      rolled += down;
      const whole = Math.trunc(rolled / WHEEL_STEP_PX);
      rolled -= whole * WHEEL_STEP_PX;
      if (whole) stack.step(whole);
    },
    { passive: false },
  );
}

// The middle of all fingers and how far the first two are apart.
function between(hands) {
  const [first, second = first] = hands.values();
  return {
    x: (first.x + second.x) / 2,
    y: (first.y + second.y) / 2,
    spread: Math.hypot(first.x - second.x, first.y - second.y),
  };
}
