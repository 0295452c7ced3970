// Asks the archive which series a study has and what their pictures are (DICOM PS3.18, QIDO-RS and WADO-RS).

export class ArchiveSilent extends Error {
  constructor(status) {
    super(`The archive answered ${status}`);
    this.status = status;
  }
}

export class Archive {
  constructor(address, study) {
    this.study = `${address}/studies/${encodeURIComponent(study)}`;
  }

  listSeries() {
    return ask(`${this.study}/series`);
  }

  describeSeries(series) {
    return ask(`${this.study}/series/${encodeURIComponent(series)}/metadata`);
  }

  imageId(series, { uid, frame }) {
    const place = `${this.study}/series/${series}/instances/${uid}/frames/${frame}`;
    return `wadors:${new URL(place, document.baseURI).href}`;
  }
}

async function ask(address) {
  let answer;
  try {
    answer = await fetch(address, { headers: { Accept: 'application/dicom+json' }, credentials: 'same-origin' });
  } catch {
    throw new ArchiveSilent(0);
  }
  if (answer.redirected || !answer.ok) throw new ArchiveSilent(answer.redirected ? 401 : answer.status);
  return answer.status === 204 ? [] : answer.json();
}
