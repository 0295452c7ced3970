import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breaksOff, frameOf, wholeAnswer } from './whole_frame.js';

const [LOSSLESS, LS, J2K, RLE] = ['1.2.840.10008.1.2.4.70', '1.2.840.10008.1.2.4.80', '1.2.840.10008.1.2.4.90', '1.2.840.10008.1.2.5'];
const bytes = (...parts) => Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...part].map((each) => each.charCodeAt(0)) : part)));

// The same frames as in tests/archive_gateway/rendering/test_compressed_frames.py.
for (const [frame, syntax, broken] of [
  [bytes([0xff, 0xd8], ' pixels ', [0xff, 0xd9]), LOSSLESS, false],
  [bytes([0xff, 0xd8], ' pixels ', [0xff, 0xd9, 0]), LS, false],
  [bytes([0xff, 0xd8], ' pixels ', [0xff, 0xd9, 0xff]), LS, false],
  [bytes([0xff], 'O pixels ', [0xff, 0xd9, 0, 0, 0, 0]), J2K, false],
  [bytes([0xff, 0xd8], ' pixels'), LOSSLESS, true],
  [bytes([0xff, 0xd8], ' ', [0xff, 0xd9], ' pixels', Array(50).fill(0)), J2K, true],
  [bytes(), J2K, true],
  [bytes('any bytes'), RLE, false],
  [bytes('any bytes'), '1.2.840.10008.1.2.4.110', false],
  [bytes('any bytes'), '1.2.840.10008.1.2.4.102', false],
  [bytes('any bytes'), '1.2.840.10008.1.2.4.201', true],
]) {
  test(`a frame of ${frame.length} bytes in ${syntax} ${broken ? 'breaks off' : 'is whole'}`, () => assert.equal(breaksOff(frame, syntax), broken));
}

const part = (syntax, ...frame) => bytes(`--x\r\nContent-Type: application/octet-stream; transfer-syntax=${syntax}\r\n\r\n`, ...frame, '\r\n--x--\r\n');
const TYPE = 'multipart/related; type="application/octet-stream"; boundary=x';
const request = (response) => ({ response: response.buffer, getResponseHeader: () => TYPE });

test('the frame is what lies between the head of its part and the boundary', () => {
  const { frame, syntax } = frameOf(part(LS, [1, 2, 0x0d, 0x0a, 3]), TYPE);

  assert.equal(syntax, LS);
  assert.deepEqual([...frame], [1, 2, 0x0d, 0x0a, 3]);
});

test('an answer that is no multipart is the frame itself', () => {
  assert.deepEqual(frameOf(bytes([1, 2]), 'image/jls; transfer-syntax=1.2.3'), { frame: bytes([1, 2]), syntax: '1.2.3' });
});

test('a whole answer is handed on, one that breaks off is refused', async () => {
  const whole = request(part(LOSSLESS, [0xff, 0xd8, 1, 0xff, 0xd9]));

  assert.equal(await wholeAnswer(whole, 1), whole.response);
  await assert.rejects(wholeAnswer(request(part(LOSSLESS, [0xff, 0xd8, 1])), 1));
  await assert.rejects(wholeAnswer(request(part(RLE, Array(64).fill(0))), 1));
});

test('a frame with more bits than there is room for is refused', async () => {
  const frame = [0xff, 0xd8, 0xff, 0xc3, 0, 11, 16, 0, 0, 0xff, 0xd9];

  await assert.rejects(wholeAnswer(request(part(LOSSLESS, frame)), 1, 8), /other bits/);
  assert.ok(await wholeAnswer(request(part(LOSSLESS, frame)), 1, 16));
});
