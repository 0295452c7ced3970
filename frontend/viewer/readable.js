// Makes an instance's metadata fit for the loader, which trips over what real devices leave out or get wrong.
import { numbersOf, textOf, TAG } from './attributes.js';

const SPACINGS = ['00280030', '00181164'];
const PALETTES = ['00281201', '00281202', '00281203'];
const PALETTE_FORMS = ['00281101', '00281102', '00281103'];

export function readable(instance) {
  const mended = { ...instance };
  // The loader asks every picture whether its modality includes NM.
  if (!textOf(instance, TAG.modality)) mended[TAG.modality] = { vr: 'CS', Value: ['OT'] };
  // A distance of nothing between points would shrink the picture to nothing.
  for (const spacing of SPACINGS) {
    if (instance[spacing] && !numbersOf(instance, spacing).every((each) => each > 0)) delete mended[spacing];
  }
  PALETTES.forEach((palette, index) => {
    const { InlineBinary: binary } = instance[palette] ?? {};
    if (!binary) return;
    const [entries, , bits] = numbersOf(instance, PALETTE_FORMS[index]);
    mended[palette] = { vr: 'US', Value: numbersIn(binary, { bits, entries: entries || 65536 }) };
  });
  return mended;
}

// The numbers of a palette, which DICOM JSON carries as Base64; palettes of 8 bits come packed or in 16-bit words.
function numbersIn(binary, { bits, entries }) {
  const bytes = Uint8Array.from(atob(binary), (letter) => letter.charCodeAt(0));
  if (bits === 8 && bytes.length < entries * 2) return [...bytes];
  return [...new Uint16Array(bytes.buffer, 0, bytes.length >> 1)];
}
