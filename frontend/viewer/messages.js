// The page's own sentences, translated by the server, with {names} to fill in.

export class Messages {
  constructor(texts) {
    this.texts = texts;
  }

  text(name, values = {}) {
    return (this.texts[name] ?? '').replace(/\{(\w+)\}/g, (_match, key) => values[key] ?? '');
  }

  modality(code) {
    // Own names alone: a code may be any word, `constructor` too.
    return Object.hasOwn(this.texts.modalities ?? {}, code) ? this.texts.modalities[code] : code;
  }

  forFault(fault) {
    if (fault?.unsupported) return this.text('unsupported');
    const status = fault?.status;
    if (status === 401) return this.text('signed_out');
    if (status === 404) return this.text('missing');
    if (status === 0 || status >= 500) return this.text('unavailable');
    return this.text('failed');
  }
}
