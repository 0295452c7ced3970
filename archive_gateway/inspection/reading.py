"""One file, read once: its description and its metadata. Runs only inside the confined child."""

import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from archive_gateway.dicom.rules.refusals import FileRefused
from archive_gateway.dicom.rules.uids import is_uid
from archive_gateway.inspection.character_sets import settle_character_set
from archive_gateway.inspection.description import Description
from archive_gateway.inspection.limits import DEFERRED_BYTES
from archive_gateway.inspection.metadata import metadata_of
from archive_gateway.inspection.part10 import Part10, well_formed
from archive_gateway.inspection.pixels import Pixels, find_pixels

_IDENTIFIERS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
_LONGEST_TEXT = 1000
_CONTROLS = re.compile(r"[\x01-\x1f\x7f-\x9f]+")
_UNDEFINED = 0xFFFFFFFF


def read(path: Path, derived: Path, *, character_set: str = "") -> tuple[Description, bytes]:
    """What the archive needs to know.

    Args:
        derived: where a well-formed derived copy may be written, if one is needed.
        character_set: of texts of which the file does not say how they are written.

    Raises:
        NotDicom: it is something else.
        FileRefused: it is broken, cut short, or promises what it does not hold.
    """
    with warnings.catch_warnings():
        # The reader only warns when a file ends too early.
        warnings.filterwarnings("ignore")
        warnings.filterwarnings("error", message=r"(?s).* in file ")
        return _read(well_formed(path, derived), character_set)


def _read(part10: Part10, character_set: str) -> tuple[Description, bytes]:
    size = part10.path.stat().st_size
    with part10.path.open("rb") as file:
        header = dcmread(file, stop_before_pixels=True, defer_size=DEFERRED_BYTES)
        _require_complete(header, file.tell(), size)
        _require_identified(header)
        settle_character_set(header, otherwise=character_set)
        pixels = find_pixels(file, header, transfer_syntax_uid=part10.served_transfer_syntax_uid, size=size)
        metadata, left_out = metadata_of(header, file)
    return replace(_described(part10, header, pixels), left_out_digest=left_out), metadata


def _require_identified(header: Dataset) -> None:
    for keyword in _IDENTIFIERS:
        identifier = _text(header, keyword)
        if not identifier:
            raise FileRefused(f"It has no {keyword}.")
        if not is_uid(identifier):
            raise FileRefused(f"Its {keyword} is malformed.")


def _require_complete(header: Dataset, read_to: int, size: int) -> None:
    """Refuse a last element that is longer than what is left of the file, or bytes too few for one more."""
    last = header.get_item(max(header.keys())) if len(header) else None
    if read_to < size or not isinstance(last, RawDataElement) or last.length == _UNDEFINED:
        return
    if last.value_tell + last.length != size:
        raise FileRefused("The file ends in the middle of its header.")


def _described(part10: Part10, header: Dataset, pixels: Pixels | None) -> Description:
    return Description(
        study_instance_uid=_text(header, "StudyInstanceUID"),
        series_instance_uid=_text(header, "SeriesInstanceUID"),
        sop_instance_uid=_text(header, "SOPInstanceUID"),
        sop_class_uid=_text(header, "SOPClassUID"),
        transfer_syntax_uid=part10.transfer_syntax_uid,
        served_transfer_syntax_uid=part10.served_transfer_syntax_uid,
        data_set_offset=part10.data_set_offset,
        derived=part10.derived,
        patient_identifier=_text(header, "PatientID"),
        patient_name=_text(header, "PatientName"),
        patient_birth_date=_text(header, "PatientBirthDate"),
        study_date=_text(header, "StudyDate"),
        study_time=_text(header, "StudyTime"),
        study_description=_text(header, "StudyDescription"),
        institution_name=_text(header, "InstitutionName"),
        modality=_text(header, "Modality"),
        series_number=_number(header, "SeriesNumber"),
        series_description=_text(header, "SeriesDescription"),
        instance_number=_number(header, "InstanceNumber"),
        **(_placed(pixels) if pixels else {}),
    )


def _placed(pixels: Pixels) -> dict[str, Any]:
    spans = [span for frame in pixels.frames for span in frame]
    in_frame = [len(frame) for frame in pixels.frames]
    return {
        "rows": pixels.shape.rows,
        "columns": pixels.shape.columns,
        "bits_allocated": pixels.shape.bits_allocated,
        "bits_in_frame": pixels.shape.bits_in_frame,
        "cell_bytes": pixels.cell_bytes,
        "pixels_offset": pixels.offset,
        "frame_count": len(pixels.frames),
        "span_offsets": [span.offset for span in spans],
        "span_lengths": [span.length for span in spans],
        "spans_in_frame": in_frame if max(in_frame) > 1 else [],
    }


def _text(header: Dataset, keyword: str) -> str:
    """The value as one line; empty where it is absent or unreadable."""
    try:
        value = header.get(keyword)
    except FileRefused:
        raise
    except Exception:
        return ""
    text = "" if value is None else str(value)
    # PostgreSQL keeps no NUL, lone surrogates cannot be encoded, and escapes of a terminal belong in no title.
    plain = _CONTROLS.sub(" ", text.replace("\0", ""))
    return plain.encode("utf-8", "replace").decode()[:_LONGEST_TEXT].strip()


def _number(header: Dataset, keyword: str) -> int | None:
    try:
        number = int(_text(header, keyword))
    except ValueError:
        return None
    return number if abs(number) < 1 << 31 else None
