// A worker that is thrown away after a fault, and a new one begun in its place: what a decoder stumbled over may have
// left its memory spoilt, and the next image, though sound, would come out black or as another one.
//
// Speaks as Comlink does, through which the library talks to its workers: every question has an id, every answer the
// same one; a fault is an answer by the name of "throw".

const LONGEST_WAIT_MS = 30_000;

export class ReplaceableWorker extends EventTarget {
  // `begin` makes the worker itself, when there is something to do for it.
  constructor(begin, { longestWaitMs = LONGEST_WAIT_MS } = {}) {
    super();
    this.begin = begin;
    this.longestWaitMs = longestWaitMs;
    this.open = new Map();
  }

  start() {
    if (this.worker) return;
    const worker = (this.worker = this.begin());
    worker.addEventListener('message', ({ data }) => worker === this.worker && this.#answered(data));
    worker.addEventListener('error', () => worker === this.worker && this.#crashed());
  }

  postMessage(message, transfer) {
    this.start();
    const timer = setTimeout(() => this.#answered(faultFor(message.id, 'The decoder did not come to an end')), this.longestWaitMs);
    this.open.set(message.id, { message, timer });
    this.worker.postMessage(message, transfer);
  }

  terminate() {
    for (const { timer } of this.open.values()) clearTimeout(timer);
    this.open.clear();
    this.#discard();
  }

  #answered(answer) {
    const question = this.open.get(answer.id);
    if (!question) return;
    clearTimeout(question.timer);
    this.open.delete(answer.id);
    const fault = answer.name === 'throw';
    if (fault) this.#replace();
    // Some codecs throw bare texts and numbers, which nobody could tell from one another.
    const data = fault && !answer.value?.isError ? faultFor(answer.id, String(answer.value?.value)) : answer;
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  // The worker itself broke down: nothing that it was asked will be answered.
  #crashed() {
    const ids = [...this.open.keys()];
    this.#discard();
    for (const id of ids) this.#answered(faultFor(id, 'The decoder broke down'));
  }

  // The other images that the discarded worker was to decode are no worse for it.
  #replace() {
    this.#discard();
    for (const { message } of this.open.values()) {
      this.start();
      this.worker.postMessage(message);
    }
  }

  #discard() {
    this.worker?.terminate();
    this.worker = undefined;
  }
}

function faultFor(id, message) {
  return { id, type: 'HANDLER', name: 'throw', value: { isError: true, value: { name: 'Error', message, stack: '' } } };
}
