// The elements of templates/viewer.html that the viewer fills.

const PARTS = {
  canvas: '[data-part=canvas]',
  position: '[data-part=position]',
  windowValues: '[data-part=window]',
  message: '[data-part=message]',
  messageText: '[data-part=message-text]',
  retry: '[data-part=retry]',
  slider: '[data-part=slider]',
  progress: '[data-part=progress]',
  presets: '[data-part=presets]',
  toolbar: '[data-part=toolbar]',
  series: '[data-part=series]',
  status: '[data-part=status]',
};

export function readPage(viewer) {
  const parts = Object.entries(PARTS).map(([name, selector]) => [name, viewer.querySelector(selector)]);
  return {
    ...Object.fromEntries(parts),
    viewer,
    archive: viewer.dataset.archive,
    study: viewer.dataset.study,
    texts: JSON.parse(viewer.dataset.texts),
  };
}
