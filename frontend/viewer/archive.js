// Asks the archive which series a study has and what their images are (DICOM PS3.18, QIDO-RS and WADO-RS).

export class ArchiveError extends Error {
  constructor(status) {
    super(`The archive answered ${status}`);
    this.status = status;
  }
}

export class Archive {
  constructor(address, study) {
    this.study = `${address}/studies/${encodeURIComponent(study)}`;
  }

  searchForSeries() {
    return fetchDicomJson(`${this.study}/series`);
  }

  retrieveSeriesMetadata(series) {
    return fetchDicomJson(`${this.study}/series/${encodeURIComponent(series)}/metadata`);
  }

  imageId(series, { uid, frame }) {
    const path = `${this.study}/series/${series}/instances/${uid}/frames/${frame}`;
    return `wadors:${new URL(path, document.baseURI).href}`;
  }
}

async function fetchDicomJson(address) {
  let response;
  try {
    response = await fetch(address, { headers: { Accept: 'application/dicom+json' }, credentials: 'same-origin' });
  } catch {
    throw new ArchiveError(0);
  }
  if (response.redirected || !response.ok) throw new ArchiveError(response.redirected ? 401 : response.status);
  return response.status === 204 ? [] : response.json();
}
