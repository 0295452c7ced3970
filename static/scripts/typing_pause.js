// Calls when somebody who types pauses, and at the latest after the longest wait.
const PAUSE_MS = 1500;
const LONGEST_WAIT_MS = 10000;

export class TypingPause {
  constructor(call) {
    this.call = call;
    this.end();
  }

  get isAwaited() {
    return Boolean(this.timer);
  }

  goOn() {
    this.since ||= Date.now();
    this.callAfter(Math.min(PAUSE_MS, Math.max(0, this.since + LONGEST_WAIT_MS - Date.now())));
  }

  callAfter(milliseconds) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.call, milliseconds);
  }

  end() {
    window.clearTimeout(this.timer);
    this.timer = this.since = 0;
  }
}
