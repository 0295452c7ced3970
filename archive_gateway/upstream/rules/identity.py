"""Whether an archive behind us speaks of what it was asked for."""

from collections.abc import Iterable, Mapping
from typing import Any

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.dicom_json import text_of


def speaks_of_another(
    objects: Iterable[Mapping[str, Any]],
    *,
    study_instance_uid: str,
    series_instance_uid: str = "",
    patient_identifier: str = "",
) -> bool:
    """Whether one of these headers is of another study, series or person than was asked for.

    Args:
        series_instance_uid: "" where all of the study was asked for.
        patient_identifier: by which we know the study; "" where we know none. A header may say nothing of it.
    """
    for each in objects:
        if text_of(each, tags.STUDY_INSTANCE_UID) != study_instance_uid:
            return True
        if series_instance_uid and text_of(each, tags.SERIES_INSTANCE_UID) != series_instance_uid:
            return True
        if text_of(each, tags.PATIENT_ID) not in {"", patient_identifier} and patient_identifier:
            return True
    return False


def names_all(head: bytes, *identifiers: str) -> bool:
    """Whether the beginning of an object holds these identifiers, as text between the bytes that no identifier has."""
    return all(_stands_alone(head, identifier.encode("ascii")) for identifier in identifiers)


def _stands_alone(head: bytes, identifier: bytes) -> bool:
    of_identifiers = b"0123456789."
    at = head.find(identifier)
    while at >= 0:
        end = at + len(identifier)
        if head[end : end + 1] not in [bytes([each]) for each in of_identifiers]:
            return True
        at = head.find(identifier, at + 1)
    return False
