// Fetches and decodes images into the library's cache, and keeps them as long as the budget lasts.
import { Enums, cache, getShouldUseCPURendering, imageLoader } from '@cornerstonejs/core';
import { init as initDicomLoader, wadors } from '@cornerstonejs/dicom-image-loader';
import { repairMetadata } from './metadata_repair.js';

const MAX_DECODE_WORKERS = 2;
// Some faults end inside the library's loader without a word; by then nobody waits any more.
const LOAD_TIMEOUT_MS = 45_000;

export class ImageLoader {
  constructor(cacheBudget) {
    this.cacheBudget = cacheBudget;
    cache.setMaxCacheSize(cacheBudget);
    initDicomLoader({ maxWebWorkers: Math.min(MAX_DECODE_WORKERS, navigator.hardwareConcurrency || 1) });
    // The library rejects a second promise that nobody holds; whoever asked has been told by the first.
    const reported = (this.reported = new WeakSet());
    window.addEventListener('unhandledrejection', (event) => reported.has(event.reason) && event.preventDefault());
  }

  addMetadata(imageId, instance) {
    wadors.metaDataManager.add(imageId, repairMetadata(instance));
  }

  // Refuses with the library's own error, or when what came is cut short or late.
  async load(imageId, { prefetch = false } = {}) {
    try {
      const image = await withTimeout(this.#request(imageId, prefetch));
      const values = image.width * image.height * (image.numberOfComponents ?? 1);
      if (image.getPixelData().length < values) throw new Error('The image is cut short');
      return image;
    } catch (fault) {
      if (fault instanceof Object) this.reported.add(fault);
      throw fault;
    }
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

function withTimeout(loading) {
  let timer;
  const timeout = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The image did not come in time')), LOAD_TIMEOUT_MS);
  });
  return Promise.race([loading, timeout]).finally(() => clearTimeout(timer));
}
