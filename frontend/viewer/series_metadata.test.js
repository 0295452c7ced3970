import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodedImageBytes, describeInOrder, hasImage, hasWindow, isColour, isDrawable, isHounsfield, isMask, likelyFirst } from './series_metadata.js';

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

test('what is no image is looked into last, whatever its number', () => {
  const series = [{ modality: 'PR' }, { modality: 'SR' }, { modality: 'CT' }, { modality: 'MR' }];
  assert.deepEqual(likelyFirst(series).map(({ modality }) => modality), ['CT', 'MR', 'PR', 'SR']);
});

test('Hounsfield units are those of computed tomography alone', () => {
  const slice = (modality, more = {}) => ({ ...image, '00080060': value(modality), '00080016': value('1.2.840.10008.5.1.4.1.1.2'), '00281052': value(-1024), ...more });
  assert.equal(isHounsfield(slice('CT')), true);
  assert.equal(isHounsfield(slice('CT', { '00281054': value('HU') })), true);
  assert.equal(isHounsfield(slice('CT', { '00281054': value('US') })), false);
  assert.equal(isHounsfield(slice('MR')), false);
  assert.equal(isHounsfield(slice('CR')), false);
});

test('what says nothing of its units has them only as a slice', () => {
  const slice = { ...image, '00080060': value('CT'), '00080016': value('1.2.840.10008.5.1.4.1.1.2'), '00281052': value(-1024) };
  const localizer = { ...slice, '00080008': { Value: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] } };
  assert.equal(isHounsfield(localizer), false);
  assert.equal(isHounsfield({ ...localizer, '00281054': value('HU') }), true);
  assert.equal(isHounsfield({ ...slice, '00080016': value('1.2.840.10008.5.1.4.1.1.7') }), false);
  assert.equal(isHounsfield({ ...slice, '00281052': undefined }), false);
});

test('tables of values and frames say their units themselves', () => {
  const of = (more) => ({ ...image, '00080060': value('CT'), ...more });
  const frames = (type) => ({ '52009229': { Value: [{ '00289145': { Value: [{ '00281054': value(type) }] } }] } });
  assert.deepEqual(['HU', 'US'].map((type) => isHounsfield(of(frames(type)))), [true, false]);
  assert.deepEqual(['HU', 'OD'].map((type) => isHounsfield(of({ '00283000': { Value: [{ '00283004': value(type) }] } }))), [true, false]);
});

test('colours of more than eight bits are not drawn in others', () => {
  const colour = (bits) => ({ ...image, '00280002': value(3), '00280100': value(bits) });
  assert.deepEqual([8, 16, 32].map((bits) => isDrawable(colour(bits))), [true, false, false]);
  assert.equal(isDrawable(image), true);
});

test('a mask of single bits is an image in black and white', () => {
  const mask = { ...image, '00280100': value(1) };
  assert.deepEqual([hasImage(mask), isMask(mask), isColour(mask), isDrawable(mask)], [true, true, true, false]);
  assert.equal(isMask(image), false);
});
