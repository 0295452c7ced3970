// The order in which the pictures of a series lie on one another.
//
// Along the slice normal (DICOM PS3.3 C.7.6.2.1.1) where all pictures are parallel, in the direction in which
// the device numbered them; by instance number where they are not.
import { TAG, numberOf, numbersOf, textOf, valuesOf } from './attributes.js';

// Direction cosines of one series differ by rounding only.
const PARALLEL_WITHIN = 1e-3;

export function picturesOf(instances) {
  const pictures = instances.flatMap(framesOf);
  const normal = commonNormal(pictures);
  if (normal === undefined) return pictures.sort(byNumber);
  for (const picture of pictures) picture.distance = dot(picture.position, normal);
  const direction = followsNumbers(pictures) ? 1 : -1;
  return pictures.sort((a, b) => direction * (a.distance - b.distance) || byNumber(a, b));
}

export function framesOf(instance) {
  const count = Math.max(1, numberOf(instance, TAG.numberOfFrames) ?? 1);
  const number = numberOf(instance, TAG.instanceNumber) ?? Number.MAX_SAFE_INTEGER;
  const [shared] = valuesOf(instance, TAG.sharedFrames);
  const perFrame = valuesOf(instance, TAG.perFrame);
  return Array.from({ length: count }, (_, index) => ({
    instance,
    uid: textOf(instance, TAG.sopInstanceUid),
    frame: index + 1,
    number,
    position: placed(instance, perFrame[index], shared, TAG.planePosition, TAG.imagePosition, 3),
    orientation: placed(instance, perFrame[index], shared, TAG.planeOrientation, TAG.imageOrientation, 6),
  }));
}

function placed(instance, own, shared, group, tag, length) {
  for (const holder of [valuesOf(own, group)[0], valuesOf(shared, group)[0], instance]) {
    const numbers = numbersOf(holder, tag);
    if (numbers.length === length && numbers.every(Number.isFinite)) return numbers;
  }
  return undefined;
}

// The normal that all pictures share; undefined where one lacks its place, or they are not parallel,
// or all lie in one place (then there is nothing to order by).
export function commonNormal(pictures) {
  if (pictures.length < 2 || pictures.some(({ position, orientation }) => !position || !orientation)) return undefined;
  const normal = normalOf(pictures[0].orientation);
  const parallel = pictures.every(({ orientation }) => near(normalOf(orientation), normal));
  const apart = pictures.some(({ position }) => !near(position, pictures[0].position));
  return parallel && apart ? normal : undefined;
}

export function normalOf([rx, ry, rz, cx, cy, cz]) {
  return [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
}

// Whether instance numbers grow along the normal rather than against it.
function followsNumbers(pictures) {
  const rank = (picture) => picture.number + picture.frame / 1e6;
  const middle = pictures.reduce((sum, picture) => sum + picture.distance, 0) / pictures.length;
  const usual = pictures.reduce((sum, picture) => sum + rank(picture), 0) / pictures.length;
  return pictures.reduce((sum, each) => sum + (each.distance - middle) * (rank(each) - usual), 0) >= 0;
}

function byNumber(a, b) {
  return a.number - b.number || a.frame - b.frame || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);
}

function dot(a, b) {
  return a.reduce((sum, each, index) => sum + each * b[index], 0);
}

function near(a, b) {
  return a.every((each, index) => Math.abs(each - b[index]) < PARALLEL_WITHIN);
}
