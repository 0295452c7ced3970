// Buttons, presets and the slider under the image.
import { PRESETS } from './windowing.js';

const ZOOM_STEP = 1.25;

export function bindToolbar(page, commands) {
  // A finger expects to scroll, and so does whoever did not come to judge greys; a clinician's mouse has its wheel for that.
  let tool = page.clinical && !window.matchMedia('(pointer: coarse)').matches ? 'window' : 'scroll';
  const tools = [...page.toolbar.querySelectorAll('[data-tool]')];

  function selectTool(name) {
    tool = name;
    for (const button of tools) button.setAttribute('aria-pressed', String(button.dataset.tool === tool));
    page.canvas.dataset.tool = tool;
  }

  const actions = {
    'zoom-in': () => commands.zoom({ by: ZOOM_STEP }),
    'zoom-out': () => commands.zoom({ by: 1 / ZOOM_STEP }),
    invert: () => commands.invert(),
    reset: () => commands.reset(),
  };
  page.toolbar.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button?.dataset.tool) selectTool(button.dataset.tool);
    else if (button) actions[button.dataset.action]?.();
  });
  page.presets.addEventListener('change', () => {
    if (page.presets.value in PRESETS) commands.preset({ preset: page.presets.value });
    else commands.reset();
  });
  page.slider.addEventListener('input', () => commands.show({ index: Number(page.slider.value) - 1 }));
  selectTool(tool);
  return { tool: () => tool };
}
