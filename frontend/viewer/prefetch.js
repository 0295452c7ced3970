// Fetches the images beside the one on screen before they are asked for.
import { prefetchOrder } from './cache_budget.js';

const CONCURRENT_REQUESTS = 2;
const IDLE_MS = 250;

export class Prefetcher {
  constructor(loader, onProgress) {
    this.loader = loader;
    this.onProgress = onProgress;
    this.generation = 0;
  }

  open(imageIds, imageBytes) {
    this.stop();
    this.imageIds = imageIds;
    this.imageBytes = imageBytes;
    this.loaded = new Set();
  }

  stop() {
    this.generation += 1;
    clearTimeout(this.timer);
  }

  // The image on screen has arrived; once the reader rests, its neighbours follow.
  schedule(index) {
    this.stop();
    this.#markLoaded(index);
    if (navigator.connection?.saveData) return;
    this.timer = setTimeout(() => this.#fetchAround(index), IDLE_MS);
  }

  #fetchAround(index) {
    const { generation, imageIds, loader, imageBytes } = this;
    const order = prefetchOrder(index, imageIds.length, { budget: loader.cacheBudget, imageBytes }).filter((each) => !this.loaded.has(each));
    const fetchNext = async () => {
      const each = order.shift();
      if (each === undefined || generation !== this.generation) return;
      // An image that fails here is told of when the reader comes to it.
      await loader.load(imageIds[each], { prefetch: true }).then(
        () => this.#markLoaded(each, generation),
        () => loader.evict(imageIds[each]),
      );
      await fetchNext();
    };
    for (let started = 0; started < CONCURRENT_REQUESTS; started += 1) fetchNext();
  }

  #markLoaded(index, generation = this.generation) {
    if (generation !== this.generation) return;
    this.loaded.add(index);
    this.onProgress(this.loaded.size, this.imageIds.length);
  }
}
