// Makes an instance's metadata fit for the loader, which trips over what real devices leave out or get wrong.
import { numbersOf, textOf, TAG } from './attributes.js';

const PIXEL_SPACINGS = ['00280030', '00181164'];
const PALETTE_DATA = ['00281201', '00281202', '00281203'];
const PALETTE_DESCRIPTORS = ['00281101', '00281102', '00281103'];

export function repairMetadata(instance) {
  const repaired = { ...instance };
  // The loader asks every image whether its modality includes NM.
  if (!textOf(instance, TAG.modality)) repaired[TAG.modality] = { vr: 'CS', Value: ['OT'] };
  // A distance of nothing between points would shrink the image to nothing.
  for (const spacing of PIXEL_SPACINGS) {
    if (instance[spacing] && !numbersOf(instance, spacing).every((each) => each > 0)) delete repaired[spacing];
  }
  PALETTE_DATA.forEach((data, index) => {
    const { InlineBinary: binary } = instance[data] ?? {};
    if (!binary) return;
    const [entries, , bits] = numbersOf(instance, PALETTE_DESCRIPTORS[index]);
    repaired[data] = { vr: 'US', Value: decodePalette(binary, { bits, entries: entries || 65536 }) };
  });
  return repaired;
}

// The numbers of a palette, which DICOM JSON carries as Base64; palettes of 8 bits come packed or in 16-bit words.
function decodePalette(binary, { bits, entries }) {
  const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  if (bits === 8 && bytes.length < entries * 2) return [...bytes];
  return [...new Uint16Array(bytes.buffer, 0, bytes.length >> 1)];
}
