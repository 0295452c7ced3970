"""Images made for a test."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from tests.people import MadePatient

ROWS, COLUMNS = 12, 10


@dataclass(frozen=True)
class MadeImage:
    path: Path
    study_uid: str
    series_uid: str
    instance_uid: str

    @property
    def address(self) -> str:
        """Below /archive or /emr/archive."""
        return f"/studies/{self.study_uid}/series/{self.series_uid}/instances/{self.instance_uid}"


def data_set(
    *, patient: MadePatient | None = None, frames: int = 1, bits: int = 16, **values: object
) -> Dataset:
    """A small CT object with pixels that count upwards; keyword arguments are DICOM keywords."""
    made = Dataset()
    made.SOPClassUID = CTImageStorage
    made.SOPInstanceUID = generate_uid()
    made.StudyInstanceUID = generate_uid()
    made.SeriesInstanceUID = generate_uid()
    made.Modality = "CT"
    made.StudyDate = "20260305"
    made.PatientName = "Test^Person"
    made.PatientID = patient.snils if patient else ""
    made.PatientBirthDate = f"{patient.birth_date:%Y%m%d}" if patient else ""
    made.InstanceNumber = 1
    made.Rows, made.Columns, made.SamplesPerPixel = ROWS, COLUMNS, 1
    made.BitsAllocated = made.BitsStored = bits
    made.HighBit, made.PixelRepresentation = bits - 1, 0
    made.PhotometricInterpretation = "MONOCHROME2"
    if frames > 1:
        made.NumberOfFrames = frames
    cells = np.arange(frames * ROWS * COLUMNS, dtype=np.uint16 if bits == 16 else np.uint8)
    made.PixelData = cells.tobytes()
    for keyword, value in values.items():
        setattr(made, keyword, value)
    made["PixelData"].VR = "OW"
    return made


def write(made: Dataset, path: Path, *, syntax: str = ExplicitVRLittleEndian) -> MadeImage:
    """The data set as a Part 10 file."""
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save_as(path, enforce_file_format=True)
    return MadeImage(path, made.StudyInstanceUID, made.SeriesInstanceUID, made.SOPInstanceUID)


def fragmented(frames: list[list[bytes]], *, table: bool) -> bytes:
    """Compressed pixels whose frames are made of several fragments each, with or without an offset table."""
    if not table:
        return encapsulate([part for frame in frames for part in frame], has_bot=False)
    offsets, at = [], 0
    for frame in frames:
        offsets.append(at)
        at += sum(8 + len(part) for part in frame)
    packed = b"".join(offset.to_bytes(4, "little") for offset in offsets)
    items = [packed, *(part for frame in frames for part in frame)]
    body = b"".join(b"\xfe\xff\x00\xe0" + len(item).to_bytes(4, "little") + item for item in items)
    return body + b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"
