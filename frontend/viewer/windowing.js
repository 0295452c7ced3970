// How values become greys: the linear window of DICOM PS3.3 C.11.2.1.2, in the unit of the image.

// Usual windows for Hounsfield units.
export const PRESETS = {
  soft: { centre: 40, width: 400 },
  lung: { centre: -600, width: 1500 },
  bone: { centre: 480, width: 2500 },
  brain: { centre: 40, width: 80 },
};

export const MIN_WIDTH = 1;
const NARROWEST_SHARE = 0.001;
// Far outliers (metal, noise at the edge) must not darken everything else.
const LOWER_QUANTILE = 0.005;
const UPPER_QUANTILE = 0.995;
const MAX_SAMPLE_SIZE = 20000;
// Dragging across the whole image changes the window by this many of its own widths.
const WIDTHS_PER_IMAGE = 2;

export function toRange({ centre, width }) {
  return { lower: centre - 0.5 - (width - 1) / 2, upper: centre - 0.5 + (width - 1) / 2 };
}

export function toWindow({ lower, upper }) {
  const width = upper - lower + 1;
  return { centre: lower + (width - 1) / 2 + 0.5, width };
}

// The window after a drag: rightwards widens, downwards brightens less. It stays where it tells values of the image
// apart: not narrower than a thousandth of them, and not beside them.
export function adjustWindow(window, { right, down }, { lower, upper } = { lower: -Infinity, upper: Infinity }) {
  const step = window.width * WIDTHS_PER_IMAGE;
  const spread = Number.isFinite(upper - lower) ? upper - lower : 0;
  return {
    centre: Math.min(upper, Math.max(lower, window.centre + down * step)),
    width: Math.max(MIN_WIDTH + spread * NARROWEST_SHARE, window.width + right * step),
  };
}

// A window for images that bring none: most of their values, without the outliers.
export function windowOf(values) {
  const step = Math.max(1, Math.floor(values.length / MAX_SAMPLE_SIZE));
  const sample = Array.from({ length: Math.ceil(values.length / step) }, (_, index) => values[index * step]);
  sample.sort((a, b) => a - b);
  const quantile = (fraction) => sample[Math.min(sample.length - 1, Math.floor(fraction * sample.length))];
  const lower = quantile(LOWER_QUANTILE);
  return toWindow({ lower, upper: Math.max(lower + MIN_WIDTH, quantile(UPPER_QUANTILE)) });
}

export function formatWindow({ centre, width }) {
  const digits = width < 10 ? 2 : 0;
  return { centre: centre.toFixed(digits), width: width.toFixed(digits) };
}
