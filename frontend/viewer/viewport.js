// The viewport in which one image lies: drawing, window, size and place. Nothing here knows of series or archives.
import { Enums, RenderingEngine, init as initRendering } from '@cornerstonejs/core';
import { adjustWindow, toRange, toWindow } from './windowing.js';

const VIEWPORT_ID = 'image';
const MIN_ZOOM = 0.2;
const MAX_ZOOM = 20;

export async function createViewport(element) {
  await initRendering({ isMobile: true });
  const engine = new RenderingEngine('viewer');
  engine.enableElement({ viewportId: VIEWPORT_ID, type: Enums.ViewportType.STACK, element });
  // The library takes its element out of the keyboard's way round the page.
  element.tabIndex = 0;
  new ResizeObserver(() => engine.resize(true, true)).observe(element);
  return new Viewport(element, engine.getViewport(VIEWPORT_ID));
}

export class Viewport {
  constructor(element, stackViewport) {
    this.element = element;
    this.stackViewport = stackViewport;
    this.chosenWindow = undefined;
    // Whether the reader turned black into white; some pictures come turned, and are meant so.
    this.negative = false;
  }

  async setStack(imageIds, index, initialWindow) {
    this.chosenWindow = initialWindow;
    this.initialWindow = initialWindow;
    this.negative = false;
    await this.stackViewport.setStack(imageIds, index);
    this.#requireShown(imageIds[index]);
    await this.#render();
  }

  async setIndex(index) {
    await this.stackViewport.setImageIdIndex(index);
    this.#requireShown(this.stackViewport.getImageIds()[index]);
    await this.#render();
  }

  // The library keeps to itself that it could not show an image, and leaves the one before it where it was.
  #requireShown(imageId) {
    if (this.stackViewport.getCornerstoneImage()?.imageId !== imageId) throw new Error('The image could not be shown');
  }

  #render() {
    const { element, stackViewport } = this;
    if (this.chosenWindow) stackViewport.setProperties({ voiRange: toRange(this.chosenWindow) });
    return new Promise((resolve) => {
      element.addEventListener(Enums.Events.IMAGE_RENDERED, resolve, { once: true });
      stackViewport.render();
    });
  }

  get window() {
    const range = this.stackViewport.getProperties().voiRange;
    return this.chosenWindow ?? (range ? toWindow(range) : undefined);
  }

  set window(window) {
    this.chosenWindow = window;
    this.stackViewport.setProperties({ voiRange: toRange(window) });
    this.stackViewport.render();
  }

  adjustWindow(fraction) {
    const { minPixelValue: lower, maxPixelValue: upper } = this.stackViewport.getCornerstoneImage();
    if (this.window) this.window = adjustWindow(this.window, fraction, { lower, upper });
  }

  // How many millimetres a point of the screen is wide, where the image tells its own size.
  get mmPerPoint() {
    const [from, to] = [[0, 0], [1, 0]].map((point) => this.stackViewport.canvasToWorld(point));
    return Math.hypot(...from.map((each, axis) => to[axis] - each));
  }

  onRendered(act) {
    this.element.addEventListener(Enums.Events.IMAGE_RENDERED, act);
  }

  get inverted() {
    return Boolean(this.stackViewport.getProperties().invert);
  }

  invert() {
    this.negative = !this.negative;
    this.stackViewport.setProperties({ invert: !this.inverted });
    this.stackViewport.render();
  }

  zoomBy(factor) {
    const zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, this.stackViewport.getZoom() * factor));
    this.stackViewport.setZoom(zoom);
    this.stackViewport.render();
  }

  moveBy(right, down) {
    const [x, y] = this.stackViewport.getPan();
    this.stackViewport.setPan([x + right, y + down]);
    this.stackViewport.render();
  }

  async reset() {
    this.chosenWindow = this.initialWindow;
    this.negative = false;
    this.stackViewport.resetProperties();
    this.stackViewport.resetCamera();
    await this.#render();
  }
}
