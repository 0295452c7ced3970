// Which image of the open series is on screen. The latest request wins; draws never overlap.

export const STATE = { loading: 'loading', drawn: 'drawn', failed: 'failed', noImage: 'no-image' };

export class Stack extends EventTarget {
  constructor(viewport, loader, prefetcher) {
    super();
    this.viewport = viewport;
    this.loader = loader;
    this.prefetcher = prefetcher;
    this.latestRequest = 0;
    this.drawing = Promise.resolve();
    this.close(STATE.loading);
  }

  // Nothing to show: a series without images, or none yet.
  close(state) {
    this.latestRequest += 1;
    Object.assign(this, { images: [], imageIds: [], index: 0, mounted: false, hounsfield: false, colour: false });
    this.#report(state);
  }

  async open(prepared) {
    Object.assign(this, prepared, { mounted: false });
    this.prefetcher.open(prepared.imageIds, prepared.imageBytes);
    await this.show(0);
  }

  step(by) {
    return this.show(this.index + by);
  }

  async show(requestedIndex) {
    if (!this.imageIds.length) return;
    const index = Math.max(0, Math.min(this.imageIds.length - 1, requestedIndex));
    if (index === this.index && this.state === STATE.drawn && this.mounted) return;
    const request = (this.latestRequest += 1);
    this.index = index;
    this.#report(STATE.loading);
    try {
      await this.loader.load(this.imageIds[index]);
      if (request !== this.latestRequest) return;
      this.drawing = this.drawing.catch(() => {}).then(() => request === this.latestRequest && this.#draw(index));
      await this.drawing;
      if (request !== this.latestRequest) return;
      this.#report(STATE.drawn);
      this.prefetcher.schedule(index);
    } catch (fault) {
      if (request === this.latestRequest) this.#report(STATE.failed, fault);
    }
  }

  async #draw(index) {
    const { imageIds, viewport } = this;
    try {
      if (this.mounted) return await viewport.setIndex(index);
      await viewport.setStack(imageIds, index, await this.initialWindow(index));
      this.mounted = imageIds === this.imageIds;
    } catch (fault) {
      // What is half drawn counts for nothing: the next image is put up as if it were the first.
      this.mounted = false;
      throw fault;
    }
  }

  retry() {
    this.loader.evict(this.imageIds[this.index]);
    return this.show(this.index);
  }

  #report(state, fault) {
    this.state = state;
    this.dispatchEvent(new CustomEvent('change', { detail: { state, fault } }));
  }
}
