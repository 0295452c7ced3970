// What a series is, told from its metadata: has it images, is it in colour, has it a window, how much memory it takes.
import { TAG, numberOf, textOf } from './attributes.js';

const PARAMETRIC_MAP = '1.2.840.10008.5.1.4.1.1.30';
// Masks of one bit a point mark areas of other images.
const MIN_BITS = 8;
const MAX_BITS = 32;

export function describe(series) {
  return {
    uid: textOf(series, TAG.seriesInstanceUid),
    modality: textOf(series, TAG.modality),
    description: textOf(series, TAG.seriesDescription),
    number: numberOf(series, TAG.seriesNumber) ?? Number.MAX_SAFE_INTEGER,
    count: numberOf(series, TAG.numberOfSeriesRelatedInstances),
  };
}

export function describeInOrder(list) {
  return list.map(describe).sort((a, b) => a.number - b.number || a.uid.localeCompare(b.uid));
}

// Reports, documents and saved displays have no pixels; maps of fractions have pixels that are no image.
export function hasImage(instance) {
  const bits = numberOf(instance, TAG.bitsAllocated) ?? 0;
  return (
    (numberOf(instance, TAG.rows) ?? 0) > 0 &&
    (numberOf(instance, TAG.columns) ?? 0) > 0 &&
    bits >= MIN_BITS &&
    bits <= MAX_BITS &&
    textOf(instance, TAG.sopClassUid) !== PARAMETRIC_MAP
  );
}

export function isColour(instance) {
  const palette = textOf(instance, TAG.photometricInterpretation) === 'PALETTE COLOR';
  return palette || (numberOf(instance, TAG.samplesPerPixel) ?? 1) > 1;
}

export function hasWindow(instance) {
  return numberOf(instance, TAG.windowCenter) !== undefined || JSON.stringify(instance).includes(`"${TAG.windowCenter}"`);
}

// Bytes of one decoded image in memory; the library keeps greys in 16 bits or as floats.
export function decodedImageBytes(instance) {
  const points = (numberOf(instance, TAG.rows) ?? 0) * (numberOf(instance, TAG.columns) ?? 0);
  return points * Math.max(4, numberOf(instance, TAG.samplesPerPixel) ?? 1);
}
