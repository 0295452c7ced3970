// Opens the study that the page names: lists its series and shows the images of the chosen one.
import { Archive } from './archive.js';
import { cacheBudget } from './cache_budget.js';
import { Display } from './display.js';
import { ImageLoader } from './image_loader.js';
import { bindKeyboard } from './keyboard.js';
import { Messages } from './messages.js';
import { repairMetadata } from './metadata_repair.js';
import { Overlay } from './overlay.js';
import { readPage } from './page.js';
import { bindPointer } from './pointer.js';
import { Prefetcher } from './prefetch.js';
import { renderSeriesList } from './series_list.js';
import { describeInOrder, hasImage, likelyFirst } from './series_metadata.js';
import { prepareStack } from './series_stack.js';
import { STATE, Stack } from './stack.js';
import { bindToolbar } from './toolbar.js';
import { createViewport } from './viewport.js';
import { PRESETS } from './windowing.js';

const page = readPage(document.querySelector('[data-viewer]'));
const messages = new Messages(page.texts);
const display = new Display(page, messages);
const overlay = new Overlay(page, messages);
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
  invert() {
    if (!stack.mounted) return;
    viewport.invert();
    display.showNegative(viewport.negative);
  },
  window: (fraction) => changeWindow(() => viewport.adjustWindow(fraction)),
  preset: ({ preset }) => stack.hounsfield && changeWindow(() => (viewport.window = PRESETS[preset]), preset),
  help: () => page.help.toggleAttribute('open'),
  async reset() {
    if (!stack.mounted) return;
    await viewport.reset();
    page.presets.value = '';
    display.showStack(stack, viewport);
  },
};

function changeWindow(change, preset = '') {
  if (!stack.mounted || stack.colour) return;
  change();
  page.presets.value = preset;
  onWindowChange();
}

let latestOpening = 0;

// Whether the series has something to show; also where it failed, or another was opened meanwhile.
async function openSeries({ uid }) {
  const opening = (latestOpening += 1);
  prefetcher.stop();
  page.canvas.dataset.series = uid;
  page.presets.value = '';
  stack.close(STATE.loading);
  try {
    const instances = (await archive.retrieveSeriesMetadata(uid)).filter(hasImage).map(repairMetadata);
    if (opening !== latestOpening) return true;
    if (!instances.length) stack.close(STATE.noImage);
    else await stack.open(prepareStack(uid, instances, { archive, loader }));
    return instances.length > 0;
  } catch (fault) {
    if (opening === latestOpening) showFault(fault, () => openSeries({ uid }));
    return true;
  }
}

let retry = () => stack.retry();

function showFault(fault, onRetry) {
  retry = onRetry;
  display.showStack({ state: STATE.failed, index: 0, images: [], imageIds: [], hounsfield: false }, viewport, fault);
}

async function openStudy() {
  try {
    const series = describeInOrder(await archive.searchForSeries());
    if (!series.length) return stack.close(STATE.noImage);
    const select = renderSeriesList(page.series, series, { messages, onOpen: openSeries });
    page.viewer.dataset.seriesCount = series.length;
    // Reports and saved displays may be numbered before the images that they belong to.
    const [first, ...others] = likelyFirst(series);
    if (await select(first)) return;
    for (const each of others) if (await select(each)) return;
    await select(first);
  } catch (fault) {
    showFault(fault, openStudy);
  }
}

stack.addEventListener('change', ({ detail: { fault } }) => {
  retry = () => stack.retry();
  display.showStack(stack, viewport, fault);
  overlay.show(stack.state === STATE.drawn ? stack.images[stack.index] : undefined, viewport);
});
viewport.onRendered(() => overlay.showScale(viewport));
page.retry.addEventListener('click', () => retry());
const { tool } = bindToolbar(page, commands);
bindPointer(page.canvas, { viewport, stack, tool, commands });
bindKeyboard(commands);
display.showStack(stack, viewport);
await openStudy();
