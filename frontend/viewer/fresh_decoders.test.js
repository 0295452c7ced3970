import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withFreshDecoders } from './fresh_decoders.js';

const BROKEN_OFF = 99;

// As the codec for JPEG 2000 behaves: a failed decoding leaves the picture before it where it was.
class SilentDecoder {
  static living = 0;
  pixels = new Uint8Array();
  constructor() {
    SilentDecoder.living += 1;
  }
  getEncodedBuffer(length) {
    this.encoded = new Uint8Array(length);
    return this.encoded;
  }
  decode() {
    if (this.encoded[0] === BROKEN_OFF) SilentDecoder.print('[WARNING] Stream does not end with EOC');
    if (this.encoded[0]) this.pixels = this.encoded;
  }
  getDecodedBuffer() {
    return this.pixels;
  }
  delete() {
    SilentDecoder.living -= 1;
  }
}

async function decoder() {
  const factory = async ({ print }) => {
    SilentDecoder.print = print;
    return { J2KDecoder: SilentDecoder, HEAPU8: new Uint8Array(1) };
  };
  const codec = await withFreshDecoders(factory)();
  const made = new codec.J2KDecoder();
  return (first) => {
    made.getEncodedBuffer(1).set([first]);
    made.decode();
    return made.getDecodedBuffer();
  };
}

test('an image that cannot be decoded is never the one before it', async () => {
  const decode = await decoder();
  assert.deepEqual([...decode(7)], [7]);
  assert.throws(() => decode(0), /cannot be decoded/);
  assert.deepEqual([...decode(9)], [9]);
});

test('half a picture is none', async () => {
  const decode = await decoder();
  assert.throws(() => decode(BROKEN_OFF), /does not end with EOC/);
  assert.deepEqual([...decode(5)], [5]);
});

test('a decoder is freed when the next image comes', async () => {
  const decode = await decoder();
  const before = SilentDecoder.living;
  for (const first of [1, 2, 3]) decode(first);
  assert.equal(SilentDecoder.living, before + 1);
});

test('what was decoded stays when the decoder is gone', async () => {
  const decode = await decoder();
  const first = decode(1);
  decode(2);
  assert.deepEqual([...first], [1]);
});
