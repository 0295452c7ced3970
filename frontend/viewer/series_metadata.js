// What a series is, told from its metadata: has it images, is it in colour, has it a window, how much memory it takes.
import { TAG, numberOf, textOf, valuesOf } from './attributes.js';

const CT_IMAGE = '1.2.840.10008.5.1.4.1.1.2';
const PARAMETRIC_MAP = '1.2.840.10008.5.1.4.1.1.30';
const MAX_BITS = 32;
const MASK_BITS = 1;

// Reports, documents, saved displays, selections and marks: what they count is not images.
export const NON_IMAGE_MODALITIES = new Set(['SR', 'DOC', 'PR', 'KO', 'SEG', 'REG', 'RTSTRUCT', 'RTPLAN', 'AU', 'ECG', 'FID']);

// The order in which to look for a series that can be drawn.
export function likelyFirst(series) {
  const likely = ({ modality }) => !NON_IMAGE_MODALITIES.has(modality);
  return [...series.filter(likely), ...series.filter((each) => !likely(each))];
}

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
    bits >= MASK_BITS &&
    bits <= MAX_BITS &&
    textOf(instance, TAG.sopClassUid) !== PARAMETRIC_MAP
  );
}

export function isColour(instance) {
  const palette = textOf(instance, TAG.photometricInterpretation) === 'PALETTE COLOR';
  return palette || isMask(instance) || (numberOf(instance, TAG.samplesPerPixel) ?? 1) > 1;
}

// Whether an instance whose metadata are repaired brings a window, itself or in the functional groups of its frames.
export function hasWindow(instance) {
  const groups = [TAG.sharedFunctionalGroupsSequence, TAG.perFrameFunctionalGroupsSequence];
  const frames = groups.flatMap((group) => valuesOf(instance, group)).flatMap((each) => valuesOf(each, TAG.frameVoiLutSequence));
  return [instance, ...frames].some((each) => numberOf(each, TAG.windowCenter) !== undefined);
}

// Whether values are Hounsfield units, for which the usual windows of tissues are made. Where nothing is said, those of a
// slice of computed tomography are (DICOM PS3.3 C.8.2.1); what the device put together otherwise, or saw from the side
// (a localizer), has none.
export function isHounsfield(instance) {
  if (textOf(instance, TAG.modality) !== 'CT' || isColour(instance)) return false;
  const type = unitOf(instance);
  if (type) return type === 'HU';
  return textOf(instance, TAG.sopClassUid) === CT_IMAGE && numberOf(instance, TAG.rescaleIntercept) !== undefined && !valuesOf(instance, TAG.imageType).includes('LOCALIZER');
}

// What a table of values, or a rescale, says of what comes out of it.
function unitOf(instance) {
  const [table] = valuesOf(instance, TAG.modalityLutSequence);
  if (table) return textOf(table, TAG.modalityLutType) || 'US';
  const groups = [TAG.perFrameFunctionalGroupsSequence, TAG.sharedFunctionalGroupsSequence];
  const transformations = groups.flatMap((group) => valuesOf(instance, group)).flatMap((each) => valuesOf(each, TAG.pixelValueTransformationSequence));
  return [instance, ...transformations].map((each) => textOf(each, TAG.rescaleType)).find(Boolean);
}

// Masks of one bit a point mark areas of other images.
export function isMask(instance) {
  return numberOf(instance, TAG.bitsAllocated) === MASK_BITS;
}

// Whether the library shows the values as they are: colours of more than 8 bits a sample come out as others.
export function isDrawable(instance) {
  return !isMask(instance) && !((numberOf(instance, TAG.samplesPerPixel) ?? 1) > 1 && (numberOf(instance, TAG.bitsAllocated) ?? 8) > 8);
}

// Bytes of one decoded image in memory; the library keeps greys in 16 bits or as floats.
export function decodedImageBytes(instance) {
  const points = (numberOf(instance, TAG.rows) ?? 0) * (numberOf(instance, TAG.columns) ?? 0);
  return points * Math.max(4, numberOf(instance, TAG.samplesPerPixel) ?? 1);
}
