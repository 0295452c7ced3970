// Gives every image a decoder of its own, and hears it out. The library keeps one for all, and some of them (OpenJPEG)
// only print that they fail: asked for the picture, they hand out the one that they decoded before, or half of one.

const ENCODED = 'getEncodedBuffer';
const DECODED = 'getDecodedBuffer';
// What follows the place where a codestream breaks off is guessed, and no picture.
const COMPLAINT = /\[ERROR\]|does not end with EOC/;

// The codec's factory, whose decoders are used once.
export function withFreshDecoders(factory) {
  return async (options) => {
    const printed = [];
    const print = (line) => COMPLAINT.test(line) && printed.push(line);
    const codec = await factory({ ...options, print, printErr: print });
    const fresh = Object.create(codec);
    for (const [name, each] of Object.entries(codec)) {
      if (typeof each?.prototype?.[DECODED] === 'function') fresh[name] = freshDecoder(each, printed);
    }
    return fresh;
  };
}

function freshDecoder(Decoder, printed) {
  return function decoderForEach() {
    let decoder;
    const begin = (length) => {
      decoder?.delete();
      decoder = new Decoder();
      printed.length = 0;
      return decoder[ENCODED](length);
    };
    // A copy: the memory of a codec moves when it grows, and is freed with the decoder.
    const pixels = () => {
      const decoded = decoder[DECODED]();
      if (printed.length || !decoded.length) throw new Error(`The image cannot be decoded: ${printed.join(' ')}`);
      return decoded.slice();
    };
    return new Proxy(
      {},
      {
        get(_target, name) {
          if (name === ENCODED) return begin;
          if (name === DECODED) return pixels;
          return (...values) => decoder[name](...values);
        },
      },
    );
  };
}
