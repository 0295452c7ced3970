// Fetches the pictures beside the one on screen before they are asked for.
import { nearest } from './room.js';

const AT_ONCE = 2;
const STILL_MS = 250;

export class Ahead {
  constructor(pictures, tell) {
    this.pictures = pictures;
    this.tell = tell;
    this.round = 0;
  }

  open(imageIds, bytes) {
    this.stop();
    this.imageIds = imageIds;
    this.bytes = bytes;
    this.here = new Set();
  }

  stop() {
    this.round += 1;
    clearTimeout(this.timer);
  }

  // The picture on screen has arrived; once the reader rests, its neighbours follow.
  rest(index) {
    this.stop();
    this.#arrived(index);
    if (navigator.connection?.saveData) return;
    this.timer = setTimeout(() => this.#fetchAround(index), STILL_MS);
  }

  #fetchAround(index) {
    const { round, imageIds, pictures, bytes } = this;
    const order = nearest(index, imageIds.length, { room: pictures.room, bytes }).filter((each) => !this.here.has(each));
    const next = async () => {
      const each = order.shift();
      if (each === undefined || round !== this.round) return;
      // A picture that fails here is told of when the reader comes to it.
      await pictures.load(imageIds[each], { ahead: true }).then(
        () => this.#arrived(each, round),
        () => pictures.forget(imageIds[each]),
      );
      await next();
    };
    for (let hand = 0; hand < AT_ONCE; hand += 1) next();
  }

  #arrived(index, round = this.round) {
    if (round !== this.round) return;
    this.here.add(index);
    this.tell(this.here.size, this.imageIds.length);
  }
}
