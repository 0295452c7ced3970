"""The list of what the archive behind us holds. DICOM PS3.18 section 10.6 (QIDO-RS)."""

from collections.abc import Iterator
from typing import Any

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.dicom_json import text_of
from archive_gateway.upstream.client import Upstream

STUDIES_A_PAGE = 100
# What an archive need not say of a study unless it is asked.
_ASKED_FOR = (
    tags.STUDY_DESCRIPTION,
    tags.INSTITUTION_NAME,
    tags.PATIENT_BIRTH_DATE,
    tags.MODALITIES_IN_STUDY,
)


def studies_of_archive(upstream: Upstream, *, patient_identifier: str = "") -> Iterator[dict[str, Any]]:
    """Every study that the archive knows, page by page."""
    query: dict[str, str | int] = {"includefield": ",".join(_ASKED_FOR), "limit": STUDIES_A_PAGE}
    if patient_identifier:
        query["PatientID"] = patient_identifier
    offset, seen = 0, set()
    while page := upstream.read_json("/studies", **query, offset=offset):
        for study in page:
            uid = text_of(study, tags.STUDY_INSTANCE_UID)
            if uid in seen:
                # The archive does not know pages and has begun again.
                return
            seen.add(uid)
            yield study
        offset += len(page)
