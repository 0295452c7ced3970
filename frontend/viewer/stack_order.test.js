import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonNormal, framesOf, imagesInOrder, normalOf } from './stack_order.js';

const AXIAL = [1, 0, 0, 0, 1, 0];
const SAGITTAL = [0, 1, 0, 0, 0, -1];

function instance(uid, { number, position, orientation, frames } = {}) {
  const value = (each) => ({ Value: Array.isArray(each) ? each : [each] });
  return {
    '00080018': value(uid),
    ...(number !== undefined && { '00200013': value(number) }),
    ...(position && { '00200032': value(position) }),
    ...(orientation && { '00200037': value(orientation) }),
    ...(frames && { '00280008': value(frames) }),
  };
}

const uids = (images) => images.map(({ uid }) => uid);

test('parallel slices lie along their normal, whatever order they arrive in', () => {
  const slices = [
    instance('c', { number: 3, position: [0, 0, 20], orientation: AXIAL }),
    instance('a', { number: 1, position: [0, 0, 0], orientation: AXIAL }),
    instance('b', { number: 2, position: [0, 0, 10], orientation: AXIAL }),
  ];
  assert.deepEqual(uids(imagesInOrder(slices)), ['a', 'b', 'c']);
});

test('the device decides at which end the stack begins', () => {
  const slices = [
    instance('feet', { number: 3, position: [0, 0, 0], orientation: AXIAL }),
    instance('belly', { number: 2, position: [0, 0, 10], orientation: AXIAL }),
    instance('head', { number: 1, position: [0, 0, 20], orientation: AXIAL }),
  ];
  assert.deepEqual(uids(imagesInOrder(slices)), ['head', 'belly', 'feet']);
});

test('a wrong instance number in the middle does not move a slice', () => {
  const slices = [
    instance('a', { number: 1, position: [0, 0, 0], orientation: AXIAL }),
    instance('b', { number: 90, position: [0, 0, 10], orientation: AXIAL }),
    instance('c', { number: 3, position: [0, 0, 20], orientation: AXIAL }),
    instance('d', { number: 104, position: [0, 0, 30], orientation: AXIAL }),
  ];
  assert.deepEqual(uids(imagesInOrder(slices)), ['a', 'b', 'c', 'd']);
});

test('images of several planes go by instance number', () => {
  const planes = [
    instance('second', { number: 2, position: [0, 0, 0], orientation: SAGITTAL }),
    instance('first', { number: 1, position: [0, 0, 9], orientation: AXIAL }),
  ];
  assert.deepEqual(uids(imagesInOrder(planes)), ['first', 'second']);
});

test('images without a place go by instance number, unnumbered ones last', () => {
  const images = [instance('none'), instance('ten', { number: 10 }), instance('two', { number: 2 })];
  assert.deepEqual(uids(imagesInOrder(images)), ['two', 'ten', 'none']);
});

test('an instance of many frames becomes as many images', () => {
  const frames = imagesInOrder([instance('film', { number: 1, frames: 3 })]);
  assert.deepEqual(frames.map(({ frame }) => frame), [1, 2, 3]);
});

test('frames of an enhanced instance lie where their own functional groups say', () => {
  const place = (z) => ({ '00209113': { Value: [{ '00200032': { Value: [0, 0, z] } }] } });
  const enhanced = {
    ...instance('film', { number: 1, frames: 3 }),
    '52009229': { Value: [{ '00209116': { Value: [{ '00200037': { Value: AXIAL } }] } }] },
    '52009230': { Value: [place(0), place(20), place(10)] },
  };
  assert.deepEqual(imagesInOrder([enhanced]).map(({ frame }) => frame), [1, 3, 2]);
});

test('all images in one place have no normal to lie along', () => {
  const still = { position: [1, 2, 3], orientation: AXIAL };
  assert.equal(commonNormal([still, still]), undefined);
});

test('the normal of an axial slice points to the head', () => {
  assert.deepEqual(normalOf(AXIAL), [0, 0, 1]);
});

test('an empty or zero number of frames is one image', () => {
  assert.equal(framesOf(instance('a', { frames: 0 })).length, 1);
});
