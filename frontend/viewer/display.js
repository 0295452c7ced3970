// Says beside the picture what is going on: place in the stack, window, messages; and the same for tests to wait on.
import { isColour } from './series_facts.js';
import { STATE } from './stack.js';
import { shown } from './windowing.js';

export class Display {
  constructor(page, words) {
    this.page = page;
    this.words = words;
  }

  // The state of the stack, after every change of it.
  stack({ state, index, pictures, imageIds }, stage, fault) {
    const { canvas, position, slider } = this.page;
    const count = imageIds.length;
    canvas.dataset.state = state;
    canvas.dataset.imageIndex = index;
    canvas.dataset.imageCount = count;
    canvas.dataset.instance = pictures[index]?.uid ?? '';
    canvas.dataset.frame = pictures[index]?.frame ?? '';
    position.textContent = count ? `${index + 1} / ${count}` : '';
    slider.max = Math.max(1, count);
    slider.value = index + 1;
    slider.disabled = count < 2;
    if (count) slider.setAttribute('aria-valuetext', this.#place(index, count));
    this.#message(state, count, fault);
    if (state === STATE.drawn) this.#drawn(index, count, pictures[index], stage);
  }

  #drawn(index, count, picture, stage) {
    this.window(isColour(picture.instance) ? undefined : stage.window);
    this.say(this.#place(index, count));
  }

  #message(state, count, fault) {
    const { message, messageText, retry } = this.page;
    const sentence = {
      [STATE.loading]: count ? '' : this.words.text('loading'),
      [STATE.failed]: this.words.ofFault(fault),
      [STATE.noPicture]: this.words.text('no_picture'),
      [STATE.drawn]: '',
    }[state];
    messageText.textContent = sentence;
    message.hidden = !sentence;
    retry.hidden = state !== STATE.failed;
    if (sentence) this.say(sentence);
  }

  #place(index, count) {
    return this.words.text('position', { number: index + 1, count });
  }

  window(window) {
    const { canvas, windowValues, presets } = this.page;
    canvas.dataset.windowCentre = window ? window.centre : '';
    canvas.dataset.windowWidth = window ? window.width : '';
    windowValues.textContent = window ? this.words.text('window', shown(window)) : '';
    presets.disabled = !window;
  }

  loaded(number, count) {
    const { progress } = this.page;
    progress.max = count;
    progress.value = number;
    progress.hidden = number >= count;
    progress.setAttribute('aria-label', this.words.text('loaded', { number, count }));
  }

  say(sentence) {
    this.page.status.textContent = sentence;
  }
}
