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
  help: '[data-part=help]',
  patientName: '[data-part=patient-name]',
  latinName: '[data-part=latin-name]',
  takenOn: '[data-part=taken-on]',
  negative: '[data-part=negative]',
  invert: '[data-action=invert]',
  scale: '[data-part=scale]',
  scaleBar: '[data-part=scale-bar]',
  scaleText: '[data-part=scale-text]',
};

export function readPage(viewer) {
  const parts = Object.entries(PARTS).map(([name, selector]) => [name, viewer.querySelector(selector)]);
  return {
    ...Object.fromEntries(parts),
    viewer,
    edges: [...viewer.querySelectorAll('[data-edge]')],
    clinical: viewer.hasAttribute('data-clinical'),
    archive: viewer.dataset.archive,
    study: viewer.dataset.study,
    texts: JSON.parse(viewer.dataset.texts),
  };
}
