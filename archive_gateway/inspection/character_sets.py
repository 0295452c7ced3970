"""The character set of a header is settled before any of its texts is read; the file stays as it came."""

from collections.abc import MutableSequence

from pydicom.charset import convert_encodings
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from archive_gateway.dicom.rules.character_sets import character_set_of

# What nearly every file has, and what is shown and compared.
_TELLING = (
    *("InstitutionName", "InstitutionAddress", "ReferringPhysicianName", "StudyDescription"),
    *("SeriesDescription", "PerformingPhysicianName", "OperatorsName", "PatientName", "PatientComments"),
    *("ProtocolName", "RequestedProcedureDescription", "ImageComments"),
)


def settle_character_set(header: Dataset, *, otherwise: str) -> None:
    """Have the header's texts read as they are written, where the file names no set or a wrong one.

    Args:
        otherwise: the set of a device's files that name none.
    """
    named = _named(header)
    if named is None:
        return
    found = character_set_of(_texts(header), named=named, otherwise=otherwise)
    if found != named:
        header.SpecificCharacterSet = found
        _hand_down(header, convert_encodings(found))


def _named(header: Dataset) -> str | None:
    """What the file says; None where it names several, between which its texts change by themselves."""
    value = header.get("SpecificCharacterSet") or ""
    return str(value) if isinstance(value, str) else None


def _texts(header: Dataset) -> list[bytes]:
    raw = [header.get_item(keyword) for keyword in _TELLING if keyword in header]
    return [each.value for each in raw if isinstance(each, RawDataElement) and isinstance(each.value, bytes)]


def _hand_down(header: Dataset, encodings: list[str]) -> None:
    """What was taken apart already keeps the set that it was read with."""
    implicit, little = header.original_encoding
    header.set_original_encoding(implicit, little, encodings)
    for tag in header.keys():  # noqa: SIM118 (to go through the values would read them)
        raw = header.get_item(tag)
        items = raw.value if raw is not None and raw.VR == "SQ" else None
        for item in items if isinstance(items, MutableSequence) else ():
            item._parent_encoding = encodings
            _hand_down(item, encodings)
