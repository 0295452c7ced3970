// Which picture of the open series is on screen. The last wish wins; draws never overlap.

export const STATE = { loading: 'loading', drawn: 'drawn', failed: 'failed', noPicture: 'no-picture' };

export class Stack extends EventTarget {
  constructor(stage, pictures, ahead) {
    super();
    this.stage = stage;
    this.loader = pictures;
    this.ahead = ahead;
    this.turn = 0;
    this.drawing = Promise.resolve();
    this.close(STATE.loading);
  }

  // Nothing to show: a series without pictures, or none yet.
  close(state) {
    this.turn += 1;
    Object.assign(this, { pictures: [], imageIds: [], index: 0, laid: false });
    this.#report(state);
  }

  async open({ pictures, imageIds, window, bytes }) {
    Object.assign(this, { pictures, imageIds, usual: window, laid: false });
    this.ahead.open(imageIds, bytes);
    await this.show(0);
  }

  step(by) {
    return this.show(this.index + by);
  }

  async show(wish) {
    if (!this.imageIds.length) return;
    const index = Math.max(0, Math.min(this.imageIds.length - 1, wish));
    if (index === this.index && this.state === STATE.drawn && this.laid) return;
    const turn = (this.turn += 1);
    this.index = index;
    this.#report(STATE.loading);
    try {
      await this.loader.load(this.imageIds[index]);
      if (turn !== this.turn) return;
      this.drawing = this.drawing.catch(() => {}).then(() => turn === this.turn && this.#draw(index));
      await this.drawing;
      if (turn !== this.turn) return;
      this.#report(STATE.drawn);
      this.ahead.rest(index);
    } catch (fault) {
      if (turn === this.turn) this.#report(STATE.failed, fault);
    }
  }

  async #draw(index) {
    if (this.laid) return this.stage.turnTo(index);
    await this.stage.lay(this.imageIds, index, await this.usual());
    this.laid = true;
  }

  retry() {
    this.loader.forget(this.imageIds[this.index]);
    return this.show(this.index);
  }

  #report(state, fault) {
    this.state = state;
    this.dispatchEvent(new CustomEvent('change', { detail: { state, fault } }));
  }
}
