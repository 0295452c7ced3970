// How many bits a sample of a compressed frame has, as its own header tells it. The archive reads the same
// (archive_gateway/rendering/rules/codestream.py): where an object makes room for fewer, its picture would be another.
const MARKER = 0xff;
const START_OF_JPEG = [MARKER, 0xd8];
// Headers of frames of JPEG (ITU-T T.81, B.1.1.3) and JPEG-LS (T.87, C.1.1); three of the range mean something else.
const [FIRST_HEADER, LAST_HEADER, HEADER_LS] = [0xc0, 0xcf, 0xf7];
const NO_HEADERS = [0xc4, 0xc8, 0xcc];
const LENGTH_BYTES = 2;
const START_OF_J2K = [MARKER, 0x4f, MARKER, 0x51];
const J2K_BITS_AT = 42;
const J2K_BITS = 0x7f;

// Nothing where the frame is of neither, or tells nothing.
export function precisionOf(frame) {
  if (beginsWith(frame, START_OF_JPEG)) return precisionOfJpeg(frame);
  if (beginsWith(frame, START_OF_J2K) && frame.length > J2K_BITS_AT) return (frame[J2K_BITS_AT] & J2K_BITS) + 1;
  return undefined;
}

function precisionOfJpeg(frame) {
  let at = START_OF_JPEG.length;
  while (at + 4 < frame.length && frame[at] === MARKER) {
    const kind = frame[at + 1];
    if (kind === HEADER_LS || (kind >= FIRST_HEADER && kind <= LAST_HEADER && !NO_HEADERS.includes(kind))) return frame[at + 4];
    // A marker may be filled up in front.
    at += kind === MARKER ? 1 : LENGTH_BYTES + ((frame[at + 2] << 8) | frame[at + 3]);
  }
  return undefined;
}

function beginsWith(frame, bytes) {
  return bytes.every((byte, at) => frame[at] === byte);
}
