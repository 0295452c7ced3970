// Opens the study that the page names: lists its series and shows the images of the chosen one.
import { Archive } from './archive.js';
import { cacheBudget } from './cache_budget.js';
import { Display } from './display.js';
import { ImageLoader } from './image_loader.js';
import { bindKeyboard } from './keyboard.js';
import { Messages } from './messages.js';
import { readPage } from './page.js';
import { bindPointer } from './pointer.js';
import { Prefetcher } from './prefetch.js';
import { renderSeriesList } from './series_list.js';
import { decodedImageBytes, describeInOrder, hasImage, hasWindow, isColour } from './series_metadata.js';
import { STATE, Stack } from './stack.js';
import { imagesInOrder } from './stack_order.js';
import { bindToolbar } from './toolbar.js';
import { createViewport } from './viewport.js';
import { PRESETS, adjustWindow, windowOf } from './windowing.js';

const page = readPage(document.querySelector('[data-viewer]'));
const messages = new Messages(page.texts);
const display = new Display(page, messages);
const archive = new Archive(page.archive, page.study);
const viewport = await createViewport(page.canvas);
const loader = new ImageLoader(cacheBudget(navigator, window.matchMedia('(pointer: coarse)').matches));
const prefetcher = new Prefetcher(loader, (number, count) => display.showProgress(number, count));
const stack = new Stack(viewport, loader, prefetcher);

const onWindowChange = () => display.showWindow(viewport.window);
const commands = {
  step: ({ by }) => stack.step(by),
  show: ({ index }) => stack.show(index),
  zoom: ({ by }) => stack.mounted && viewport.zoomBy(by),
  move: ({ right, down }) => stack.mounted && viewport.moveBy(right, down),
  invert: () => stack.mounted && viewport.invert(),
  window: (fraction) => setWindow(adjustWindow(viewport.window, fraction)),
  preset: ({ preset }) => setWindow(PRESETS[preset], preset),
  async reset() {
    if (!stack.mounted) return;
    await viewport.reset();
    page.presets.value = '';
    if (!page.presets.disabled) onWindowChange();
  },
};

function setWindow(window, preset = '') {
  if (!stack.mounted || page.presets.disabled) return;
  viewport.window = window;
  page.presets.value = preset;
  onWindowChange();
}

let latestOpening = 0;

async function openSeries({ uid }) {
  const opening = (latestOpening += 1);
  prefetcher.stop();
  page.canvas.dataset.series = uid;
  page.presets.value = '';
  stack.close(STATE.loading);
  try {
    const instances = (await archive.retrieveSeriesMetadata(uid)).filter(hasImage);
    if (opening !== latestOpening) return;
    if (!instances.length) stack.close(STATE.noImage);
    else await stack.open(prepareStack(uid, imagesInOrder(instances)));
  } catch (fault) {
    if (opening === latestOpening) showFault(fault, () => openSeries({ uid }));
  }
}

function prepareStack(series, images) {
  const imageIds = images.map((image) => archive.imageId(series, image));
  images.forEach(({ instance }, index) => loader.addMetadata(imageIds[index], instance));
  const [{ instance }] = images;
  const middleImageId = imageIds[Math.floor(imageIds.length / 2)];
  const needsWindow = !isColour(instance) && !hasWindow(instance);
  // One window for the whole stack, or its brightness would jump from image to image.
  const initialWindow = async () => (needsWindow ? windowOf((await loader.load(middleImageId)).getPixelData()) : undefined);
  return { images, imageIds, initialWindow, imageBytes: decodedImageBytes(instance) };
}

let retry = () => stack.retry();

function showFault(fault, onRetry) {
  retry = onRetry;
  display.showStack({ state: STATE.failed, index: 0, images: [], imageIds: [] }, viewport, fault);
}

async function openStudy() {
  try {
    const series = describeInOrder(await archive.searchForSeries());
    if (!series.length) return stack.close(STATE.noImage);
    renderSeriesList(page.series, series, { messages, onOpen: openSeries });
    page.viewer.dataset.seriesCount = series.length;
  } catch (fault) {
    showFault(fault, openStudy);
  }
}

stack.addEventListener('change', ({ detail: { fault } }) => {
  retry = () => stack.retry();
  display.showStack(stack, viewport, fault);
});
page.retry.addEventListener('click', () => retry());
const { tool } = bindToolbar(page, commands);
bindPointer(page.canvas, { viewport, stack, tool, onWindowChange });
bindKeyboard(commands);
display.showStack(stack, viewport);
await openStudy();
