// Whether a frame of run lengths holds as many points as its image has (DICOM PS3.5 annex G). The library's decoder
// leaves black what is missing.

const HEADER_BYTES = 64;
const NOTHING = 0x80;

export function isShort(frame, points) {
  if (frame.length < HEADER_BYTES) return true;
  const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  const count = header.getUint32(0, true);
  if (count < 1 || count >= HEADER_BYTES / 4) return true;
  const starts = Array.from({ length: count }, (_, index) => header.getUint32(4 * (index + 1), true));
  return starts.some((start, index) => lengthOf(frame.subarray(start, starts[index + 1])) < points);
}

// Bytes of a segment once it is unpacked.
function lengthOf(segment) {
  let length = 0;
  for (let at = 0; at + 1 < segment.length; ) {
    const control = segment[at];
    if (control < NOTHING) {
      length += Math.min(control + 1, segment.length - at - 1);
      at += control + 2;
    } else {
      length += control === NOTHING ? 0 : 257 - control;
      at += control === NOTHING ? 1 : 2;
    }
  }
  return length;
}
