// Whether a compressed frame came to its end. Some decoders (JPEG lossless, run lengths) make up what is missing without
// a word. The archive asks for the end too (archive_gateway/rendering/rules/codestream.py), and walks the boxes of JP2 as well;
// run lengths it leaves to its decoder, which says so.
import { precisionOf } from './precision.js';
import { isShort } from './run_lengths.js';

const RUN_LENGTHS = '1.2.840.10008.1.2.5';
// JPEG, JPEG-LS, JPEG 2000 with its high throughput; films and JPEG XL end otherwise.
const MARKED_END = /^1\.2\.840\.10008\.1\.2\.4\.([56]\d|70|8[01]|9[0-3]|20[1-3])$/;
const JP2_SIGNATURE = [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20];
// Fragments are padded to an even length, and some devices fill further.
const PADDING = [0x00, 0xff];
const [MARKER, END_OF_IMAGE] = [0xff, 0xd9];
const LONGEST_PART_HEAD = 2048;
const [CR, LF, DASH] = [0x0d, 0x0a, 0x2d];

// What the library takes on as the answer to a request for a frame of so many points, in so many bits each; refuses one
// that breaks off, or holds more bits than its object makes room for.
export async function wholeAnswer(request, points, bits = Infinity) {
  const type = request.getResponseHeader('Content-Type') ?? '';
  const { frame, syntax } = frameOf(new Uint8Array(request.response), type);
  if (syntax === RUN_LENGTHS ? isShort(frame, points) : breaksOff(frame, syntax)) throw new Error('The frame breaks off');
  if (precisionOf(frame) > bits) throw new Error('The frame has other bits than its object says');
  return request.response;
}

export function breaksOff(frame, syntax) {
  if (!MARKED_END.test(syntax) || JP2_SIGNATURE.every((byte, at) => frame[at] === byte)) return false;
  let end = frame.length;
  while (end && PADDING.includes(frame[end - 1])) end -= 1;
  // The marker itself begins with a byte that may be padding.
  return !(end > 1 && frame[end - 1] === END_OF_IMAGE && frame[end - 2] === MARKER);
}

// The frame within the one part of an answer, and its transfer syntax; empty where the answer names none.
export function frameOf(answer, contentType) {
  const multipart = contentType.startsWith('multipart/');
  const head = multipart ? new TextDecoder('latin1').decode(answer.subarray(0, LONGEST_PART_HEAD)).split('\r\n\r\n')[0] : '';
  const [, syntax = ''] = /transfer-syntax="?([\d.]+)/.exec(head || contentType) ?? [];
  return { frame: multipart ? answer.subarray(head.length + 4, lastBoundary(answer)) : answer, syntax };
}

function lastBoundary(answer) {
  for (let at = answer.length - 4; at > 0; at -= 1) {
    if (answer[at] === CR && answer[at + 1] === LF && answer[at + 2] === DASH && answer[at + 3] === DASH) return at;
  }
  return answer.length;
}
