import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repairMetadata } from './metadata_repair.js';

test('an image of no modality becomes one of another kind', () => {
  assert.deepEqual(repairMetadata({})['00080060'].Value, ['OT']);
  assert.deepEqual(repairMetadata({ '00080060': { Value: ['CT'] } })['00080060'].Value, ['CT']);
});

test('a spacing of zero is as good as none', () => {
  const spaced = (...Value) => ({ '00280030': { Value } });
  assert.equal('00280030' in repairMetadata(spaced(0, 0)), false);
  assert.deepEqual(repairMetadata(spaced(0.5, 0.7))['00280030'].Value, [0.5, 0.7]);
});

test('a palette in Base64 becomes numbers', () => {
  const binary = btoa(String.fromCharCode(0, 0, 255, 1));
  const instance = { '00281101': { Value: [2, 0, 16] }, '00281201': { vr: 'OW', InlineBinary: binary } };
  assert.deepEqual(repairMetadata(instance)['00281201'].Value, [0, 511]);
});

test('what came is left as it was', () => {
  const instance = Object.freeze({ '00280030': { Value: [0, 0] } });
  repairMetadata(instance);
  assert.deepEqual(instance['00280030'].Value, [0, 0]);
});

const window = (centre, width, lutFunction) => ({
  '00281050': { Value: [centre].flat() },
  '00281051': { Value: [width].flat() },
  ...(lutFunction && { '00281056': { Value: [lutFunction] } }),
});

test('a window that the standard forbids is as good as none', () => {
  for (const [centre, width] of [[0, 0], [7, 0.5], [40, -80], [40, null], ['NaN', 80], [[], 80], [40, []]]) {
    const repaired = repairMetadata(window(centre, width));
    assert.equal('00281050' in repaired || '00281051' in repaired, false, `${centre}/${width}`);
  }
});

test('of several windows the legal ones stay, each with its width', () => {
  const repaired = repairMetadata(window([0, 40, 600], [0, 400, 1600]));
  assert.deepEqual([repaired['00281050'].Value, repaired['00281051'].Value], [[40, 600], [400, 1600]]);
});

test('a width below one is legal where the function is not the linear one', () => {
  assert.deepEqual(repairMetadata(window(0.5, 0.2, 'LINEAR_EXACT'))['00281051'].Value, [0.2]);
});

test('the windows of the frames are held to the same', () => {
  const frame = (...windows) => ({ '00289132': { Value: windows } });
  const repaired = repairMetadata({ '52009230': { Value: [frame(window(0, 0)), frame(window(40, 80))] } });
  const [bad, good] = repaired['52009230'].Value;
  assert.equal('00281050' in bad['00289132'].Value[0], false);
  assert.deepEqual(good['00289132'].Value[0]['00281050'].Value, [40]);
});
