// What pointers do on the image: one finger or the left button uses the chosen tool, two fingers zoom and move,
// the wheel scrolls, the right button zooms, the middle one moves.
const BUTTON_TOOL = { 1: 'move', 2: 'zoom' };
const WHEEL_STEP_PX = 40;
const LINE_PX = 20;
const ZOOM_PER_PX = 0.005;
const MIN_SCROLL_STEP_PX = 6;
const MAX_SCROLL_STEP_PX = 24;

export function bindPointer(element, { viewport, stack, tool, commands }) {
  const pointers = new Map();
  let draggedSteps = 0;

  const dragWith = {
    scroll(_right, down) {
      const stepPx = element.clientHeight / Math.max(1, stack.imageIds.length);
      draggedSteps += down / Math.min(MAX_SCROLL_STEP_PX, Math.max(MIN_SCROLL_STEP_PX, stepPx));
      const steps = Math.trunc(draggedSteps);
      draggedSteps -= steps;
      if (steps) stack.step(steps);
    },
    window(right, down) {
      commands.window({ right: right / element.clientWidth, down: down / element.clientHeight });
    },
    move: (right, down) => viewport.moveBy(right, down),
    zoom: (_right, down) => viewport.zoomBy(Math.exp(-down * ZOOM_PER_PX)),
  };

  function pinch(before, after) {
    viewport.zoomBy(after.spread / Math.max(1, before.spread));
    viewport.moveBy(after.x - before.x, after.y - before.y);
  }

  element.addEventListener('pointerdown', (event) => {
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    draggedSteps = 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, button: event.button });
    event.preventDefault();
  });

  element.addEventListener('pointermove', (event) => {
    const pointer = pointers.get(event.pointerId);
    if (!pointer || !stack.mounted) return;
    const before = centreAndSpread(pointers);
    const [right, down] = [event.clientX - pointer.x, event.clientY - pointer.y];
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    if (pointers.size > 1) pinch(before, centreAndSpread(pointers));
    else dragWith[BUTTON_TOOL[pointer.button] ?? tool()](right, down);
  });

  for (const end of ['pointerup', 'pointercancel']) {
    element.addEventListener(end, (event) => pointers.delete(event.pointerId));
  }
  element.addEventListener('contextmenu', (event) => event.preventDefault());

  let wheelPx = 0;
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const down = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * LINE_PX;
      if (event.ctrlKey) return void (stack.mounted && viewport.zoomBy(Math.exp(-down * ZOOM_PER_PX)));
      wheelPx += down;
      const steps = Math.trunc(wheelPx / WHEEL_STEP_PX);
      wheelPx -= steps * WHEEL_STEP_PX;
      if (steps) stack.step(steps);
    },
    { passive: false },
  );
}

// The middle of all fingers and how far the first two are apart.
function centreAndSpread(pointers) {
  const [first, second = first] = pointers.values();
  return {
    x: (first.x + second.x) / 2,
    y: (first.y + second.y) / 2,
    spread: Math.hypot(first.x - second.x, first.y - second.y),
  };
}
