// Opens the study that the page names: lists its series and shows the pictures of the chosen one.
import { Ahead } from './ahead.js';
import { Archive } from './archive.js';
import { Display } from './display.js';
import { watchHands } from './gestures.js';
import { watchKeys } from './keys.js';
import { readPage } from './page.js';
import { Pictures } from './pictures.js';
import { roomFor } from './room.js';
import { bringsWindow, hasPicture, inOrder, isColour, pictureBytes } from './series_facts.js';
import { listSeries } from './series_list.js';
import { STATE, Stack } from './stack.js';
import { picturesOf } from './stack_order.js';
import { openStage } from './stage.js';
import { makeToolbar } from './toolbar.js';
import { PRESETS, dragged, windowOf } from './windowing.js';
import { Words } from './words.js';

const page = readPage(document.querySelector('[data-viewer]'));
const words = new Words(page.texts);
const display = new Display(page, words);
const archive = new Archive(page.archive, page.study);
const stage = await openStage(page.canvas);
const loader = new Pictures(roomFor(navigator, window.matchMedia('(pointer: coarse)').matches));
const ahead = new Ahead(loader, (number, count) => display.loaded(number, count));
const stack = new Stack(stage, loader, ahead);

const adjusted = () => display.window(stage.window);
const doer = {
  step: ({ by }) => stack.step(by),
  show: ({ index }) => stack.show(index),
  zoom: ({ by }) => stack.laid && stage.zoomBy(by),
  move: ({ right, down }) => stack.laid && stage.moveBy(right, down),
  invert: () => stack.laid && stage.invert(),
  window: (share) => change(dragged(stage.window, share)),
  preset: ({ name }) => change(PRESETS[name], name),
  async reset() {
    if (!stack.laid) return;
    await stage.reset();
    page.presets.value = '';
    if (!page.presets.disabled) adjusted();
  },
};

function change(window, preset = '') {
  if (!stack.laid || page.presets.disabled) return;
  stage.window = window;
  page.presets.value = preset;
  adjusted();
}

let opened = 0;

async function openSeries({ uid }) {
  const turn = (opened += 1);
  ahead.stop();
  page.canvas.dataset.series = uid;
  page.presets.value = '';
  stack.close(STATE.loading);
  try {
    const instances = (await archive.describeSeries(uid)).filter(hasPicture);
    if (turn !== opened) return;
    if (!instances.length) stack.close(STATE.noPicture);
    else await stack.open(prepared(uid, picturesOf(instances)));
  } catch (fault) {
    if (turn === opened) tellFault(fault, () => openSeries({ uid }));
  }
}

function prepared(series, pictures) {
  const imageIds = pictures.map((picture) => archive.imageId(series, picture));
  pictures.forEach(({ instance }, index) => loader.learn(imageIds[index], instance));
  const [{ instance }] = pictures;
  const middle = imageIds[Math.floor(imageIds.length / 2)];
  const unwindowed = !isColour(instance) && !bringsWindow(instance);
  // One window for the whole stack, or its brightness would jump from picture to picture.
  const window = async () => (unwindowed ? windowOf((await loader.load(middle)).getPixelData()) : undefined);
  return { pictures, imageIds, window, bytes: pictureBytes(instance) };
}

let again = () => stack.retry();

function tellFault(fault, retry) {
  again = retry;
  display.stack({ state: STATE.failed, index: 0, pictures: [], imageIds: [] }, stage, fault);
}

async function openStudy() {
  try {
    const series = inOrder(await archive.listSeries());
    if (!series.length) return stack.close(STATE.noPicture);
    listSeries(page.series, series, { words, open: openSeries });
    page.viewer.dataset.seriesCount = series.length;
  } catch (fault) {
    tellFault(fault, openStudy);
  }
}

stack.addEventListener('change', ({ detail: { fault } }) => {
  again = () => stack.retry();
  display.stack(stack, stage, fault);
});
page.retry.addEventListener('click', () => again());
const { tool } = makeToolbar(page, doer);
watchHands(page.canvas, { stage, stack, tool, adjusted });
watchKeys(doer);
display.stack(stack, stage);
await openStudy();
