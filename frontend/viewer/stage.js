// The screen on which one picture lies: drawing, window, size and place. Nothing here knows of series or archives.
import { Enums, RenderingEngine, init as startDrawing } from '@cornerstonejs/core';
import { toRange, toWindow } from './windowing.js';

const VIEWPORT = 'picture';
const SMALLEST_ZOOM = 0.2;
const LARGEST_ZOOM = 20;

export async function openStage(element) {
  await startDrawing({ isMobile: true });
  const engine = new RenderingEngine('viewer');
  engine.enableElement({ viewportId: VIEWPORT, type: Enums.ViewportType.STACK, element });
  // The library takes its element out of the keyboard's way round the page.
  element.tabIndex = 0;
  new ResizeObserver(() => engine.resize(true, true)).observe(element);
  return new Stage(element, engine.getViewport(VIEWPORT));
}

export class Stage {
  constructor(element, viewport) {
    this.element = element;
    this.viewport = viewport;
    this.chosen = undefined;
  }

  async lay(imageIds, index, window) {
    this.chosen = window;
    this.usual = window;
    await this.viewport.setStack(imageIds, index);
    await this.#render();
  }

  async turnTo(index) {
    await this.viewport.setImageIdIndex(index);
    await this.#render();
  }

  #render() {
    const { element, viewport } = this;
    if (this.chosen) viewport.setProperties({ voiRange: toRange(this.chosen) });
    return new Promise((resolve) => {
      element.addEventListener(Enums.Events.IMAGE_RENDERED, resolve, { once: true });
      viewport.render();
    });
  }

  get window() {
    const range = this.viewport.getProperties().voiRange;
    return this.chosen ?? (range ? toWindow(range) : undefined);
  }

  set window(window) {
    this.chosen = window;
    this.viewport.setProperties({ voiRange: toRange(window) });
    this.viewport.render();
  }

  get inverted() {
    return Boolean(this.viewport.getProperties().invert);
  }

  invert() {
    this.viewport.setProperties({ invert: !this.inverted });
    this.viewport.render();
  }

  zoomBy(factor) {
    const zoom = Math.min(LARGEST_ZOOM, Math.max(SMALLEST_ZOOM, this.viewport.getZoom() * factor));
    this.viewport.setZoom(zoom);
    this.viewport.render();
  }

  moveBy(right, down) {
    const [x, y] = this.viewport.getPan();
    this.viewport.setPan([x + right, y + down]);
    this.viewport.render();
  }

  async reset() {
    this.chosen = this.usual;
    this.viewport.resetProperties();
    this.viewport.resetCamera();
    await this.#render();
  }
}
