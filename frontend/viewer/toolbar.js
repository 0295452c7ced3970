// Buttons, presets and the slider under the picture.
import { PRESETS } from './windowing.js';

const ZOOM_STEP = 1.25;

export function makeToolbar(page, doer) {
  // A finger expects to leaf; a mouse has its wheel for that.
  let tool = window.matchMedia('(pointer: coarse)').matches ? 'leaf' : 'window';
  const tools = [...page.toolbar.querySelectorAll('[data-tool]')];

  function choose(name) {
    tool = name;
    for (const button of tools) button.setAttribute('aria-pressed', String(button.dataset.tool === tool));
    page.canvas.dataset.tool = tool;
  }

  const deeds = {
    larger: () => doer.zoom({ by: ZOOM_STEP }),
    smaller: () => doer.zoom({ by: 1 / ZOOM_STEP }),
    invert: () => doer.invert(),
    reset: () => doer.reset(),
  };
  page.toolbar.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button?.dataset.tool) choose(button.dataset.tool);
    else if (button) deeds[button.dataset.deed]?.();
  });
  page.presets.addEventListener('change', () => {
    if (page.presets.value in PRESETS) doer.preset({ name: page.presets.value });
    else doer.reset();
  });
  page.slider.addEventListener('input', () => doer.show({ index: Number(page.slider.value) - 1 }));
  choose(tool);
  return { tool: () => tool };
}
