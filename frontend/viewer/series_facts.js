// What a series is, told from its metadata: has it pictures, which windows suit it, how much room it takes.
import { TAG, numberOf, textOf } from './attributes.js';

const PARAMETRIC_MAP = '1.2.840.10008.5.1.4.1.1.30';
// Masks of one bit a point mark areas of other pictures.
const NARROWEST_BITS = 8;
const WIDEST_BITS = 32;

export function describe(series) {
  return {
    uid: textOf(series, TAG.seriesInstanceUid),
    modality: textOf(series, TAG.modality),
    description: textOf(series, TAG.seriesDescription),
    number: numberOf(series, TAG.seriesNumber) ?? Number.MAX_SAFE_INTEGER,
    count: numberOf(series, TAG.instanceCount),
  };
}

export function inOrder(list) {
  return list.map(describe).sort((a, b) => a.number - b.number || a.uid.localeCompare(b.uid));
}

// Reports, documents and saved displays have no pixels; maps of fractions have pixels that are no picture.
export function hasPicture(instance) {
  const bits = numberOf(instance, TAG.bitsAllocated) ?? 0;
  return (
    (numberOf(instance, TAG.rows) ?? 0) > 0 &&
    (numberOf(instance, TAG.columns) ?? 0) > 0 &&
    bits >= NARROWEST_BITS &&
    bits <= WIDEST_BITS &&
    textOf(instance, TAG.sopClassUid) !== PARAMETRIC_MAP
  );
}

export function isColour(instance) {
  const palette = textOf(instance, TAG.photometricInterpretation) === 'PALETTE COLOR';
  return palette || (numberOf(instance, TAG.samplesPerPixel) ?? 1) > 1;
}

export function bringsWindow(instance) {
  return numberOf(instance, TAG.windowCentre) !== undefined || JSON.stringify(instance).includes(`"${TAG.windowCentre}"`);
}

// Bytes of one decoded picture in memory; the library keeps greys in 16 bits or as floats.
export function pictureBytes(instance) {
  const points = (numberOf(instance, TAG.rows) ?? 0) * (numberOf(instance, TAG.columns) ?? 0);
  return points * Math.max(4, numberOf(instance, TAG.samplesPerPixel) ?? 1);
}
