// The page's own words, translated by the server, with {names} to fill in.

export class Words {
  constructor(texts) {
    this.texts = texts;
  }

  text(name, values = {}) {
    return (this.texts[name] ?? '').replace(/\{(\w+)\}/g, (_match, key) => values[key] ?? '');
  }

  modality(code) {
    return this.texts.modalities?.[code] ?? code;
  }

  ofFault(fault) {
    const status = fault?.status;
    if (status === 401) return this.text('signed_out');
    if (status === 404) return this.text('missing');
    if (status === 0 || status >= 500) return this.text('silent');
    return this.text('failed');
  }
}
