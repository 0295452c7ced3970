// The order in which the images of a series lie on one another.
//
// Along the slice normal (DICOM PS3.3 C.7.6.2.1.1) where all images are parallel, in the direction in which
// the device numbered them; by instance number where they are not.
import { TAG, numberOf, numbersOf, textOf, valuesOf } from './attributes.js';

// Direction cosines of one series differ by rounding only.
const PARALLEL_TOLERANCE = 1e-3;

export function imagesInOrder(instances) {
  const images = instances.flatMap(framesOf);
  const normal = commonNormal(images);
  if (normal === undefined) return images.sort(compareByNumber);
  for (const image of images) image.distance = dot(image.position, normal);
  const direction = isNumberedAlongNormal(images) ? 1 : -1;
  return images.sort((a, b) => direction * (a.distance - b.distance) || compareByNumber(a, b));
}

export function framesOf(instance) {
  const count = Math.max(1, numberOf(instance, TAG.numberOfFrames) ?? 1);
  const number = numberOf(instance, TAG.instanceNumber) ?? Number.MAX_SAFE_INTEGER;
  const [sharedGroups] = valuesOf(instance, TAG.sharedFunctionalGroupsSequence);
  const perFrameGroups = valuesOf(instance, TAG.perFrameFunctionalGroupsSequence);
  return Array.from({ length: count }, (_, index) => ({
    instance,
    groups: [perFrameGroups[index], sharedGroups].filter(Boolean),
    uid: textOf(instance, TAG.sopInstanceUid),
    frame: index + 1,
    number,
    position: planeValues(instance, perFrameGroups[index], sharedGroups, TAG.planePositionSequence, TAG.imagePositionPatient, 3),
    orientation: planeValues(instance, perFrameGroups[index], sharedGroups, TAG.planeOrientationSequence, TAG.imageOrientationPatient, 6),
  }));
}

function planeValues(instance, ownGroups, sharedGroups, group, tag, length) {
  for (const source of [valuesOf(ownGroups, group)[0], valuesOf(sharedGroups, group)[0], instance]) {
    const numbers = numbersOf(source, tag);
    if (numbers.length === length && numbers.every(Number.isFinite)) return numbers;
  }
  return undefined;
}

// The normal that all images share; undefined where one lacks its place, or they are not parallel,
// or all lie in one place (then there is nothing to order by).
export function commonNormal(images) {
  if (images.length < 2 || images.some(({ position, orientation }) => !position || !orientation)) return undefined;
  const normal = normalOf(images[0].orientation);
  const parallel = images.every(({ orientation }) => nearlyEqual(normalOf(orientation), normal));
  const distinct = images.some(({ position }) => !nearlyEqual(position, images[0].position));
  return parallel && distinct ? normal : undefined;
}

export function normalOf([rx, ry, rz, cx, cy, cz]) {
  return [ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx];
}

// Whether instance numbers grow along the normal rather than against it.
function isNumberedAlongNormal(images) {
  const rank = (image) => image.number + image.frame / 1e6;
  const meanDistance = images.reduce((sum, image) => sum + image.distance, 0) / images.length;
  const meanRank = images.reduce((sum, image) => sum + rank(image), 0) / images.length;
  return images.reduce((sum, each) => sum + (each.distance - meanDistance) * (rank(each) - meanRank), 0) >= 0;
}

function compareByNumber(a, b) {
  return a.number - b.number || a.frame - b.frame || (a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0);
}

function dot(a, b) {
  return a.reduce((sum, each, index) => sum + each * b[index], 0);
}

function nearlyEqual(a, b) {
  return a.every((each, index) => Math.abs(each - b[index]) < PARALLEL_TOLERANCE);
}
