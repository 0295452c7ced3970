// How long something on the screen is in the patient, where the image tells how far apart its points lie.
import { TAG, numbersOf, valuesOf } from './attributes.js';

const LENGTHS_MM = [1, 2, 5, 10, 20, 50, 100, 200];
const MM_PER_CM = 10;

export const MEASURED = { body: 'body', detector: 'detector' };

// Where the distance between points was measured; undefined where it is not known. DICOM PS3.3 10.7.1.3: what is said of
// the detector alone, or is the same there and here, is larger than the body by an unknown factor.
export function measuredAt({ instance, groups }) {
  const detector = numbersOf(instance, TAG.imagerPixelSpacing);
  const own = groups.map((each) => numbersOf(valuesOf(each, TAG.pixelMeasuresSequence)[0], TAG.pixelSpacing));
  const body = [...own, numbersOf(instance, TAG.pixelSpacing)].find((each) => each.length === 2);
  if (!body) return undefined;
  const same = detector.length === 2 && body.every((each, index) => each === detector[index]);
  return same ? MEASURED.detector : MEASURED.body;
}

// The longest bar of a round length that is not longer than so many points of the screen.
export function scaleBar(mmPerPoint, mostPoints) {
  const lengths = LENGTHS_MM.filter((mm) => mm / mmPerPoint <= mostPoints);
  if (!lengths.length) return undefined;
  const mm = lengths.at(-1);
  return { points: mm / mmPerPoint, length: mm < MM_PER_CM ? mm : mm / MM_PER_CM, unit: mm < MM_PER_CM ? 'mm' : 'cm' };
}
