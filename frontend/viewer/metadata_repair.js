// Makes an instance's metadata fit for the loader, which trips over what real devices leave out or get wrong.
import { TAG, numbersOf, textOf, valuesOf } from './attributes.js';

const PALETTE_DATA = ['00281201', '00281202', '00281203'];
const PALETTE_DESCRIPTORS = ['00281101', '00281102', '00281103'];
const MIN_LINEAR_WIDTH = 1;

export function repairMetadata(instance) {
  const repaired = withLegalWindows(instance);
  // The loader asks every image whether its modality includes NM.
  if (!textOf(instance, TAG.modality)) repaired[TAG.modality] = { vr: 'CS', Value: ['OT'] };
  // A distance of nothing between points would shrink the image to nothing.
  for (const spacing of [TAG.pixelSpacing, TAG.imagerPixelSpacing]) {
    if (instance[spacing] && !isSpacing(numbersOf(instance, spacing))) delete repaired[spacing];
  }
  // The loader knows one of the two, and would take an image without it for one of a millimetre a point.
  if (!repaired[TAG.pixelSpacing] && repaired[TAG.imagerPixelSpacing]) repaired[TAG.pixelSpacing] = repaired[TAG.imagerPixelSpacing];
  PALETTE_DATA.forEach((data, index) => {
    const { InlineBinary: binary } = instance[data] ?? {};
    if (!binary) return;
    const [entries, , bits] = numbersOf(instance, PALETTE_DESCRIPTORS[index]);
    repaired[data] = { vr: 'US', Value: decodePalette(binary, { bits, entries: entries || 65536 }) };
  });
  return repaired;
}

function isSpacing(numbers) {
  return numbers.length === 2 && numbers.every((each) => each > 0 && Number.isFinite(each));
}

// Windows that the standard forbids count as absent, in the instance and in the functional groups of its frames.
function withLegalWindows(instance) {
  const { [TAG.windowCenter]: _centre, [TAG.windowWidth]: _width, ...repaired } = instance;
  Object.assign(repaired, legalWindow(instance));
  for (const groups of [TAG.sharedFunctionalGroupsSequence, TAG.perFrameFunctionalGroupsSequence]) {
    if (!valuesOf(instance, groups).some((each) => each[TAG.frameVoiLutSequence])) continue;
    const items = valuesOf(instance, groups).map((item) => ({
      ...item,
      [TAG.frameVoiLutSequence]: { vr: 'SQ', Value: valuesOf(item, TAG.frameVoiLutSequence).map(withLegalWindows) },
    }));
    repaired[groups] = { vr: 'SQ', Value: items };
  }
  return repaired;
}

// The pairs of centre and width that are legal (DICOM PS3.3 C.11.2.1.2): a linear window is at least 1 wide.
function legalWindow(source) {
  const widths = numbersOf(source, TAG.windowWidth);
  const linear = ['', 'LINEAR'].includes(textOf(source, TAG.voiLutFunction));
  const pairs = valuesOf(source, TAG.windowCenter)
    .map((centre, index) => [centre === null || centre === '' ? NaN : Number(centre), widths[index]])
    .filter(([centre, width]) => Number.isFinite(centre) && Number.isFinite(width))
    .filter(([, width]) => (linear ? width >= MIN_LINEAR_WIDTH : width > 0));
  if (!pairs.length) return {};
  return {
    [TAG.windowCenter]: { vr: 'DS', Value: pairs.map(([centre]) => centre) },
    [TAG.windowWidth]: { vr: 'DS', Value: pairs.map(([, width]) => width) },
  };
}

// The numbers of a palette, which DICOM JSON carries as Base64; palettes of 8 bits come packed or in 16-bit words.
function decodePalette(binary, { bits, entries }) {
  const bytes = Uint8Array.from(atob(binary), (character) => character.charCodeAt(0));
  if (bits === 8 && bytes.length < entries * 2) return [...bytes];
  return [...new Uint16Array(bytes.buffer, 0, bytes.length >> 1)];
}
