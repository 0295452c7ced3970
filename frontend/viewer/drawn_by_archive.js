// Pictures of the few kinds that the library draws in wrong colours or not at all: the archive draws them, and sends what
// the screen is to show (DICOM PS3.18 8.7, rendered resources).
import { createImage } from '@cornerstonejs/dicom-image-loader';
import { TAG } from './attributes.js';
import { isDrawable } from './series_metadata.js';

const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const SCREEN_BITS = 8;
const RGB = 3;
const RGBA = 4;
// What is done to values on their way to the screen has been done.
const DONE = [
  ...['00281050', '00281051', '00281052', '00281053', '00281054', '00281056', '00283000', '00283010'],
  ...['00281101', '00281102', '00281103', '00281201', '00281202', '00281203'],
];

// The images, by their id, that are asked for as pictures.
export class DrawnByArchive {
  constructor() {
    this.imageIds = new Set();
    this.halved = new Map();
  }

  // The metadata under which the library shows an image.
  metadataOf(imageId, instance) {
    if (sharesChroma(instance)) this.halved.set(imageId, instance);
    if (isDrawable(instance)) return instance;
    this.imageIds.add(imageId);
    return asDrawn(instance);
  }

  has(imageId) {
    return this.imageIds.has(imageId);
  }

  // Uncompressed, such an image comes in two thirds of the bytes that the library waits for; nothing but its failure tells.
  // Returns the metadata for a second attempt.
  instead(imageId) {
    const instance = this.halved.get(imageId);
    if (!instance || this.has(imageId)) return undefined;
    this.imageIds.add(imageId);
    return asDrawn(instance);
  }

  async load(imageId, options) {
    const response = await fetch(`${imageId.slice('wadors:'.length)}/rendered`, {
      headers: { Accept: 'image/png' },
      credentials: 'same-origin',
    }).catch(() => ({ ok: false, status: 0 }));
    if (!response.ok || response.redirected) throw faultOf(response);
    return createImage(imageId, await colours(await response.blob()), EXPLICIT_LITTLE_ENDIAN, { ...options, preScale: { enabled: false } });
  }
}

// Whether two points share their colour (DICOM PS3.3 C.7.6.3.1.2).
function sharesChroma(instance) {
  return instance[TAG.photometricInterpretation]?.Value?.[0]?.endsWith('_422');
}

// The instance as the picture of it is.
function asDrawn(instance) {
  const drawn = Object.fromEntries(Object.entries(instance).filter(([tag]) => !DONE.includes(tag)));
  const numbers = { [TAG.samplesPerPixel]: RGB, [TAG.bitsAllocated]: SCREEN_BITS, '00280101': SCREEN_BITS, '00280102': SCREEN_BITS - 1, '00280103': 0, '00280006': 0 };
  for (const [tag, number] of Object.entries(numbers)) drawn[tag] = { vr: 'US', Value: [number] };
  drawn[TAG.photometricInterpretation] = { vr: 'CS', Value: ['RGB'] };
  return drawn;
}

function faultOf({ status, redirected }) {
  const fault = new Error(`The archive answered ${status}`);
  if (status === 406) return Object.assign(fault, { unsupported: true });
  return Object.assign(fault, { status: redirected ? 401 : status });
}

// Red, green and blue of every point.
async function colours(blob) {
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const bytes = new Uint8Array((data.length / RGBA) * RGB);
  for (let from = 0, to = 0; from < data.length; from += RGBA, to += RGB) bytes.set(data.subarray(from, from + RGB), to);
  return bytes;
}
