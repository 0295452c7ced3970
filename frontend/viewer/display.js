// Shows beside the image what is going on: position in the stack, window, messages; and the same for tests to wait on.
import { isColour, isMask } from './series_metadata.js';
import { STATE } from './stack.js';
import { formatWindow } from './windowing.js';

export class Display {
  constructor(page, messages) {
    this.page = page;
    this.messages = messages;
  }

  // The state of the stack, after every change of it.
  showStack({ state, index, images, imageIds, hounsfield }, viewport, fault) {
    const { canvas, position, slider, presets } = this.page;
    const count = imageIds.length;
    canvas.dataset.state = state;
    canvas.dataset.imageIndex = index;
    canvas.dataset.imageCount = count;
    canvas.dataset.instance = images[index]?.uid ?? '';
    canvas.dataset.frame = images[index]?.frame ?? '';
    position.textContent = count ? `${index + 1} / ${count}` : '';
    slider.max = Math.max(1, count);
    slider.value = index + 1;
    slider.disabled = count < 2;
    presets.disabled = !hounsfield;
    if (count) slider.setAttribute('aria-valuetext', this.#positionText(index, count));
    this.#showMessage(state, count, fault);
    this.showNegative(state === STATE.drawn && viewport.negative);
    if (state === STATE.drawn) this.#showDrawn(index, count, images[index], viewport);
  }

  #showDrawn(index, count, image, viewport) {
    this.showWindow(isColour(image.instance) ? undefined : viewport.window);
    if (isMask(image.instance)) this.page.windowValues.textContent = this.messages.text('mask');
    this.announce(this.#positionText(index, count));
  }

  #showMessage(state, count, fault) {
    const { message, messageText, retry } = this.page;
    const sentence = {
      [STATE.loading]: count ? '' : this.messages.text('loading'),
      [STATE.failed]: this.messages.forFault(fault),
      [STATE.noImage]: this.messages.text('no_image'),
      [STATE.drawn]: '',
    }[state];
    messageText.textContent = sentence;
    message.hidden = !sentence;
    retry.hidden = state !== STATE.failed || Boolean(fault?.unsupported);
    if (sentence) this.announce(sentence);
  }

  #positionText(index, count) {
    return this.messages.text('position', { number: index + 1, count });
  }

  showWindow(window) {
    const { canvas, windowValues, clinical } = this.page;
    canvas.dataset.windowCentre = window ? window.centre : '';
    canvas.dataset.windowWidth = window ? window.width : '';
    // Two numbers that tell a layman nothing.
    windowValues.textContent = window && clinical ? this.messages.text('window', formatWindow(window)) : '';
  }

  // Black and white changed places: the button says so, and the image itself, where it could be taken for another.
  showNegative(negative) {
    this.page.invert.setAttribute('aria-pressed', String(negative));
    this.page.negative.hidden = !negative;
  }

  showProgress(number, count) {
    const { progress } = this.page;
    progress.max = count;
    progress.value = number;
    progress.hidden = number >= count;
    progress.setAttribute('aria-label', this.messages.text('loaded', { number, count }));
  }

  announce(sentence) {
    this.page.status.textContent = sentence;
  }
}
