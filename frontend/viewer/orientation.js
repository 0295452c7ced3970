// Which side of the patient each edge of an image is: A(nterior), P(osterior), L(eft), R(ight), H(ead), F(eet).
// DICOM PS3.3 C.7.6.1.1.1 and C.7.6.2.1.1.
import { TAG, valuesOf } from './attributes.js';

const AXES = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
];
const OPPOSITE = { A: 'P', P: 'A', L: 'R', R: 'L', H: 'F', F: 'H' };
const LETTERS = /^[APLRHF]{1,3}$/;
// A slice that leans by less than some ten degrees is not called oblique.
const LEAST_LEANING = 0.18;
const UNIT_TOLERANCE = 0.02;

// The letters of all four edges; undefined where the image does not tell.
export function edgeLetters({ instance, orientation }) {
  const [right, bottom] = orientation ? fromCosines(orientation) : fromNames(instance);
  if (!right || !bottom) return undefined;
  return { right, bottom, left: opposite(right), top: opposite(bottom) };
}

function fromCosines(orientation) {
  const [row, column] = [orientation.slice(0, 3), orientation.slice(3)];
  const unit = (vector) => Math.abs(Math.hypot(...vector) - 1) < UNIT_TOLERANCE;
  const upright = Math.abs(row.reduce((sum, each, index) => sum + each * column[index], 0)) < UNIT_TOLERANCE;
  return unit(row) && unit(column) && upright ? [lettersOf(row), lettersOf(column)] : [];
}

function lettersOf(vector) {
  return vector
    .map((size, axis) => ({ size: Math.abs(size), letter: AXES[axis][size > 0 ? 0 : 1] }))
    .filter(({ size }) => size > LEAST_LEANING)
    .sort((a, b) => b.size - a.size)
    .map(({ letter }) => letter)
    .join('');
}

// The first value says where rows lead, the second where columns lead.
function fromNames(instance) {
  const names = valuesOf(instance, TAG.patientOrientation);
  return names.length === 2 && names.every((each) => LETTERS.test(each)) ? names : [];
}

function opposite(letters) {
  return [...letters].map((each) => OPPOSITE[each]).join('');
}
