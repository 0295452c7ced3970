// Fetches and decodes pictures into the library's cache, and keeps them as long as there is room.
import { Enums, cache, getShouldUseCPURendering, imageLoader } from '@cornerstonejs/core';
import { init as startLoading, wadors } from '@cornerstonejs/dicom-image-loader';
import { readable } from './readable.js';

const DECODERS = 2;
// Some faults end inside the loader without a word; by then nobody waits any more.
const LONGEST_WAIT_MS = 45_000;

export class Pictures {
  constructor(room) {
    this.room = room;
    cache.setMaxCacheSize(room);
    startLoading({ maxWebWorkers: Math.min(DECODERS, navigator.hardwareConcurrency || 1) });
    // The loader rejects a second promise that nobody holds; whoever asked has been told by the first.
    const told = (this.told = new WeakSet());
    window.addEventListener('unhandledrejection', (event) => told.has(event.reason) && event.preventDefault());
  }

  learn(imageId, instance) {
    wadors.metaDataManager.add(imageId, readable(instance));
  }

  // Refuses with the loader's own error, or when what came is cut short or late.
  async load(imageId, { ahead = false } = {}) {
    try {
      const image = await inTime(this.#ask(imageId, ahead));
      const values = image.width * image.height * (image.numberOfComponents ?? 1);
      if (image.getPixelData().length < values) throw new Error('The picture is cut short');
      return image;
    } catch (fault) {
      if (fault instanceof Object) this.told.add(fault);
      throw fault;
    }
  }

  #ask(imageId, ahead) {
    return imageLoader.loadAndCacheImage(imageId, {
      requestType: ahead ? Enums.RequestType.Prefetch : Enums.RequestType.Interaction,
      priority: ahead ? 5 : 0,
      useRGBA: getShouldUseCPURendering(),
      preScale: { enabled: true },
    });
  }

  forget(imageId) {
    if (cache.getImageLoadObject(imageId)) cache.removeImageLoadObject(imageId);
  }
}

function inTime(loading) {
  let timer;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('The picture did not come in time')), LONGEST_WAIT_MS);
  });
  return Promise.race([loading, late]).finally(() => clearTimeout(timer));
}
