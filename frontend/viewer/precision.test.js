import assert from 'node:assert/strict';
import { test } from 'node:test';
import { precisionOf } from './precision.js';

const j2k = Uint8Array.from([0xff, 0x4f, 0xff, 0x51, ...Array(38).fill(0), 0x8f]);

for (const [what, frame, bits] of [
  ['JPEG lossless behind a table', [0xff, 0xd8, 0xff, 0xc4, 0, 3, 1, 0xff, 0xc3, 0, 11, 16], 16],
  ['JPEG-LS behind filled markers', [0xff, 0xd8, 0xff, 0xff, 0xf7, 0, 11, 12], 12],
  ['JPEG 2000, signed', j2k, 16],
  ['JPEG 2000 cut short', j2k.subarray(0, 42), undefined],
  ['a JPEG without a header', [0xff, 0xd8, 1, 2, 3, 4, 5], undefined],
  ['native pixels', [1, 2, 3, 4], undefined],
]) {
  test(`${what} has ${bits ?? 'no'} bits a sample`, () => assert.equal(precisionOf(Uint8Array.from(frame)), bits));
}
