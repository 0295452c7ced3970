"""Drawings and pydicom's own test pictures as DICOM files of demo patients."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    MRImageStorage,
    UltrasoundMultiFrameImageStorage,
)

from demo.pictures.canvas import Grid
from demo.pictures.drawings import drawing
from demo.pictures.plan import PictureStudy
from emr.terminology.rules.phrases import phrase
from foundation.clock import zone
from identity.people.enumerations import AdministrativeGender

IMPLEMENTATION = UID("2.25.312946180744711259")
OWN_FILES = Path(pydicom.__file__).parent / "data" / "test_files"
# DICOM PS3.3 C.12.1.1.2: UTF-8.
UTF_8 = "ISO_IR 192"

_CLASSES = {
    "CT": CTImageStorage,
    "MR": MRImageStorage,
    "DX": DigitalXRayImageStorageForPresentation,
    "MG": DigitalMammographyXRayImageStorageForPresentation,
    "US": UltrasoundMultiFrameImageStorage,
}
# Middle and width of the window in which the picture is shown first.
_WINDOWS = {"CT": (-500, 1500), "MR": (800, 1600), "DX": (1250, 2500), "MG": (1500, 3000), "US": (128, 256)}
_SPACING = {"CT": 1.4, "MR": 0.9, "DX": 0.4, "MG": 0.4, "US": 0.6}  # millimetres a pixel
_THICKNESS = {"CT": 10.0, "MR": 6.0}


def files_of(study: PictureStudy, *, copy: int = 0) -> Iterator[bytes]:
    """Each picture of the study as the bytes of a DICOM file.

    Args:
        copy: from 1 on, the same pictures under the numbers of another study, for benchmarks.
    """
    if study.drawing.endswith(".dcm"):
        yield _written(_given(study, copy))
        return
    for number, picture in enumerate(drawing(study.drawing)):
        yield _written(_drawn(study, picture, number, copy))


def study_uid(study: PictureStudy, copy: int) -> str:
    return f"{study.study_instance_uid}.{copy}" if copy else study.study_instance_uid


def _drawn(study: PictureStudy, picture: Grid, number: int, copy: int) -> Dataset:
    made = Dataset()
    made.SOPClassUID = _CLASSES[study.modality]
    made.Modality = study.modality
    _identify(made, study, number, copy)
    made.BodyPartExamined = study.site.upper().split()[0]
    made.ImageType = ["ORIGINAL", "PRIMARY"]
    made.SamplesPerPixel = 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.WindowCenter, made.WindowWidth = _WINDOWS[study.modality]
    made.Rows, made.Columns = picture.shape[-2:]
    _describe_place(made, study.modality, number)
    if picture.ndim == 3:
        made.NumberOfFrames = len(picture)
        made.FrameTime = "50"
        made.FrameIncrementPointer = 0x00181063
    bits = picture.dtype.itemsize * 8
    made.BitsAllocated = bits
    made.BitsStored = 12 if picture.dtype == np.uint16 else bits
    made.HighBit = made.BitsStored - 1
    made.PixelRepresentation = int(picture.dtype == np.int16)
    made.PixelData = picture.tobytes()
    made["PixelData"].VR = "OB" if bits == 8 else "OW"
    return made


def _describe_place(made: Dataset, modality: str, number: int) -> None:
    """Spacing, and where slices of a volume lie; what presentation classes ask for besides."""
    spacing = _SPACING[modality]
    if modality in _THICKNESS:
        thickness = _THICKNESS[modality]
        half = made.Columns * spacing / 2
        made.PixelSpacing = [spacing, spacing]
        made.SliceThickness = thickness
        made.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        # The chest is drawn from above downward, the head from its base upward.
        made.ImagePositionPatient = [-half, -half, thickness * number * (-1 if modality == "CT" else 1)]
        made.FrameOfReferenceUID = f"{made.StudyInstanceUID}.9"
    if modality == "CT":
        made.RescaleIntercept, made.RescaleSlope, made.RescaleType = 0, 1, "HU"
        made.KVP = 120
    if modality == "MR":
        made.ScanningSequence, made.SequenceVariant, made.MRAcquisitionType = "SE", "SK", "2D"
        made.EchoTime, made.RepetitionTime = 95, 4200
    if modality in ("DX", "MG"):
        made.ImagerPixelSpacing = [spacing, spacing]
        made.PresentationIntentType = "FOR PRESENTATION"
        made.PixelIntensityRelationship, made.PixelIntensityRelationshipSign = "LOG", 1
        made.PresentationLUTShape = "IDENTITY"
        made.RescaleIntercept, made.RescaleSlope, made.RescaleType = 0, 1, "US"
    if modality == "MG":
        made.ImageLaterality = "L"
        made.ViewPosition = ("CC", "MLO")[number]


def _given(study: PictureStudy, copy: int) -> Dataset:
    """A picture that comes with pydicom, under a demo patient's name; its own identifiers are dropped."""
    made = deepcopy(pydicom.dcmread(OWN_FILES / study.drawing))
    for each in list(made):
        if each.tag.group in (0x0008, 0x0010, 0x0020, 0x0032, 0x0038, 0x0040) and each.keyword not in _KEPT:
            del made[each.tag]
    made.remove_private_tags()
    _identify(made, study, 0, copy)
    return made


_KEPT = {
    "SOPClassUID", "ImageType", "Modality", "SpecificCharacterSet", "ImagePositionPatient", "ImageOrientationPatient",
    "SliceLocation", "PatientPosition",
}  # fmt: skip


def _identify(made: Dataset, study: PictureStudy, number: int, copy: int) -> None:
    """Whose picture it is, of which study, when and where it was made."""
    who = study.citizen
    taken = datetime.combine(study.day, time(study.hour), zone()) + timedelta(seconds=2 * number)
    made.SpecificCharacterSet = UTF_8
    made.PatientName = f"{who.name.family}^{who.name.given}^{who.name.middle}"
    made.PatientID = who.snils
    made.PatientBirthDate = who.birth_date.strftime("%Y%m%d")
    made.PatientSex = "F" if who.sex is AdministrativeGender.FEMALE else "M"
    made.StudyInstanceUID = study_uid(study, copy)
    made.SeriesInstanceUID = f"{made.StudyInstanceUID}.1"
    made.SOPInstanceUID = f"{made.SeriesInstanceUID}.{number + 1}"
    made.StudyID = str(study.number + 1)
    made.AccessionNumber = f"D{study.number + 1:05}"
    made.SeriesNumber, made.InstanceNumber = 1, number + 1
    made.StudyDate = made.SeriesDate = made.AcquisitionDate = made.ContentDate = taken.strftime("%Y%m%d")
    made.StudyTime = taken.replace(second=0).strftime("%H%M%S")
    made.ContentTime = taken.strftime("%H%M%S")
    # As a device of the region would call it.
    made.StudyDescription = made.SeriesDescription = phrase(study.title).ru
    made.InstitutionName = study.facility
    made.Manufacturer = "Demo region"
    made.ReferringPhysicianName = ""


def _written(made: Dataset) -> bytes:
    meta = FileMetaDataset()
    given = getattr(made, "file_meta", None)
    meta.TransferSyntaxUID = given.TransferSyntaxUID if given else ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = made.SOPClassUID
    meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    meta.ImplementationClassUID = IMPLEMENTATION
    target = BytesIO()
    whole = FileDataset(target, made, preamble=b"\0" * 128, file_meta=meta)
    pydicom.dcmwrite(target, whole, enforce_file_format=True)
    return target.getvalue()
