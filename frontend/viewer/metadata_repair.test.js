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
