// Fetches and decodes images into the library's cache, and keeps them as long as the budget lasts.
import { Enums, cache, getShouldUseCPURendering, getWebWorkerManager, imageLoader } from '@cornerstonejs/core';
import { init as initDicomLoader, wadors } from '@cornerstonejs/dicom-image-loader';
import { TAG, numberOf } from './attributes.js';
import { DrawnByArchive } from './drawn_by_archive.js';
import { ReplaceableWorker } from './replaceable_worker.js';
import { wholeAnswer } from './whole_frame.js';

const MAX_DECODE_WORKERS = 2;
// Some faults end inside the library's loader without a word; by then nobody waits any more.
const LOAD_TIMEOUT_MS = 45_000;

export class ImageLoader {
  constructor(cacheBudget) {
    this.cacheBudget = cacheBudget;
    this.drawn = new DrawnByArchive();
    cache.setMaxCacheSize(cacheBudget);
    employDecoders();
    initDicomLoader({ beforeProcessing: (request) => wholeAnswer(request, ...sizeOf(`wadors:${request.responseURL}`)) });
    imageLoader.registerImageLoader('wadors', (imageId, options) =>
      this.drawn.has(imageId) ? { promise: this.drawn.load(imageId, options) } : wadors.loadImage(imageId, options),
    );
    // The library rejects a second promise that nobody holds; whoever asked has been told by the first.
    const reported = (this.reported = new WeakSet());
    window.addEventListener('unhandledrejection', (event) => reported.has(event.reason) && event.preventDefault());
  }

  addMetadata(imageId, instance) {
    wadors.metaDataManager.add(imageId, this.drawn.metadataOf(imageId, instance));
  }

  // Refuses with the library's own error, or when what came is cut short or late.
  async load(imageId, { prefetch = false } = {}) {
    try {
      return await this.#whole(imageId, prefetch);
    } catch (fault) {
      if (fault instanceof Object) this.reported.add(fault);
      const metadata = this.drawn.instead(imageId);
      if (!metadata) throw fault;
      this.evict(imageId);
      wadors.metaDataManager.remove(imageId);
      wadors.metaDataManager.add(imageId, metadata);
      return this.load(imageId, { prefetch });
    }
  }

  async #whole(imageId, prefetch) {
    const image = await withTimeout(this.#request(imageId, prefetch));
    const values = image.width * image.height * (image.numberOfComponents ?? 1);
    if (!values || image.getPixelData().length < values) throw new Error('The image is cut short');
    return image;
  }

  #request(imageId, prefetch) {
    return imageLoader.loadAndCacheImage(imageId, {
      requestType: prefetch ? Enums.RequestType.Prefetch : Enums.RequestType.Interaction,
      priority: prefetch ? 5 : 0,
      useRGBA: getShouldUseCPURendering(),
      preScale: { enabled: true },
    });
  }

  evict(imageId) {
    if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId);
  }
}

// The points of a frame, and the bits that each has room for.
function sizeOf(imageId) {
  const instance = wadors.metaDataManager.get(imageId);
  const points = (numberOf(instance, TAG.rows) ?? 0) * (numberOf(instance, TAG.columns) ?? 0);
  return [points, numberOf(instance, TAG.bitsAllocated)];
}

// The library finds its workers here already and begins none of its own. The second is begun when there is work for
// two: by then the browser has kept the script, and fetches it once.
function employDecoders() {
  let employed = 0;
  const employ = () => {
    const worker = new ReplaceableWorker(beginDecoder);
    if ((employed += 1) === 1) worker.start();
    return worker;
  };
  const count = Math.min(MAX_DECODE_WORKERS, navigator.hardwareConcurrency || 1);
  getWebWorkerManager().registerWorker('dicomImageLoader', employ, { maxWorkerInstances: count });
}

function beginDecoder() {
  // Vite bundles the worker where it finds the two calls in one another, and knows it for the library's own.
  return new Worker(new URL('../node_modules/@cornerstonejs/dicom-image-loader/dist/esm/decodeImageFrameWorker.js', import.meta.url), {
    type: 'module',
  });
}

function withTimeout(loading) {
  let timer;
  const timeout = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The image did not come in time')), LOAD_TIMEOUT_MS);
  });
  return Promise.race([loading, timeout]).finally(() => clearTimeout(timer));
}
