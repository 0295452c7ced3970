import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodedImageBytes, describeInOrder, hasImage, hasWindow, isColour } from './series_metadata.js';

const value = (each) => ({ Value: [each] });
const image = { '00280010': value(512), '00280011': value(512), '00280100': value(16), '00280002': value(1) };

test('series are listed by their number', () => {
  const list = [
    { '0020000E': value('1.2'), '00200011': value(10) },
    { '0020000E': value('1.1'), '00200011': value(2), '00080060': value('CT') },
    { '0020000E': value('1.3') },
  ];
  assert.deepEqual(describeInOrder(list).map(({ uid }) => uid), ['1.1', '1.2', '1.3']);
});

test('a report has no image', () => {
  assert.equal(hasImage({ '00080060': value('SR') }), false);
  assert.equal(hasImage(image), true);
});

test('a map of fractions is no image', () => {
  assert.equal(hasImage({ ...image, '00080016': value('1.2.840.10008.5.1.4.1.1.30') }), false);
});

test('three samples a point, or a palette, are colour', () => {
  assert.equal(isColour({ '00280004': value('PALETTE COLOR') }), true);
  assert.equal(isColour({ '00280002': value(3) }), true);
  assert.equal(isColour(image), false);
});

test('a window may stand in the functional groups of the frames', () => {
  const frames = { '52009230': { Value: [{ '00289132': { Value: [{ '00281050': value(40) }] } }] } };
  assert.equal(hasWindow(frames), true);
  assert.equal(hasWindow(image), false);
});

test('an image of 512 by 512 takes a mebibyte', () => {
  assert.equal(decodedImageBytes(image), 1048576);
});
