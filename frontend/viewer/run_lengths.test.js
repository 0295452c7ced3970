import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isShort } from './run_lengths.js';

function frame(...segments) {
  const header = new Uint32Array(16);
  header[0] = segments.length;
  segments.forEach((_, index) => (header[index + 1] = 64 + segments.slice(0, index).flat().length));
  return Uint8Array.from([...new Uint8Array(header.buffer), ...segments.flat()]);
}

const REPEATED_FIVE = [252, 7];
const LITERAL_THREE = [2, 7, 8, 9];

test('a segment is as long as what it unpacks to', () => {
  assert.equal(isShort(frame([...REPEATED_FIVE, ...LITERAL_THREE]), 8), false);
  assert.equal(isShort(frame([...REPEATED_FIVE, 0x80, ...LITERAL_THREE, 0]), 8), false);
  assert.equal(isShort(frame([...REPEATED_FIVE, ...LITERAL_THREE]), 9), true);
});

test('one short segment is enough', () => {
  assert.equal(isShort(frame([...REPEATED_FIVE], [...REPEATED_FIVE]), 5), false);
  assert.equal(isShort(frame([...REPEATED_FIVE], [2, 7]), 5), true);
});

test('what is filled with zeros is short', () => assert.equal(isShort(frame([...REPEATED_FIVE, 0, 0, 0, 0]), 8), true));

test('a frame without segments holds nothing', () => {
  assert.equal(isShort(new Uint8Array(64), 1), true);
  assert.equal(isShort(new Uint8Array(3), 1), true);
});
