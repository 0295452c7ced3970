// Reads single values out of the DICOM JSON model (DICOM PS3.18 F.2); tags go by their keyword.

import { withMarksShown } from './marks.js';

export const TAG = {
  modality: '00080060',
  seriesDescription: '0008103E',
  seriesNumber: '00200011',
  seriesInstanceUid: '0020000E',
  numberOfSeriesRelatedInstances: '00201209',
  imageType: '00080008',
  sopClassUid: '00080016',
  sopInstanceUid: '00080018',
  instanceNumber: '00200013',
  imagePositionPatient: '00200032',
  imageOrientationPatient: '00200037',
  numberOfFrames: '00280008',
  rows: '00280010',
  columns: '00280011',
  bitsAllocated: '00280100',
  samplesPerPixel: '00280002',
  photometricInterpretation: '00280004',
  patientName: '00100010',
  studyDate: '00080020',
  seriesDate: '00080021',
  acquisitionDate: '00080022',
  contentDate: '00080023',
  patientOrientation: '00200020',
  pixelSpacing: '00280030',
  imagerPixelSpacing: '00181164',
  rescaleType: '00281054',
  rescaleIntercept: '00281052',
  modalityLutSequence: '00283000',
  modalityLutType: '00283004',
  pixelValueTransformationSequence: '00289145',
  windowCenter: '00281050',
  windowWidth: '00281051',
  voiLutFunction: '00281056',
  frameVoiLutSequence: '00289132',
  sharedFunctionalGroupsSequence: '52009229',
  perFrameFunctionalGroupsSequence: '52009230',
  pixelMeasuresSequence: '00289110',
  planePositionSequence: '00209113',
  planeOrientationSequence: '00209116',
};

export function valuesOf(instance, tag) {
  return instance?.[tag]?.Value ?? [];
}

export function textOf(instance, tag) {
  const [value] = valuesOf(instance, tag);
  return value === undefined || value === null ? '' : withMarksShown(String(value)).trim();
}

// A finite number, or undefined where the attribute is absent, empty or not a number.
export function numberOf(instance, tag) {
  const text = textOf(instance, tag);
  const number = Number(text);
  return text !== '' && Number.isFinite(number) ? number : undefined;
}

export function numbersOf(instance, tag) {
  return valuesOf(instance, tag).map(Number);
}
