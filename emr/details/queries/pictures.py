"""Which study of the archive an entry about images is of."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from archive_gateway.studies.queries.studies import known_study_uid
from foundation.database.transactions import ActorSession

# FHIR R4, ImagingStudy.identifier: the Study Instance UID as a URI, with the system "urn:dicom:uid".
STUDY_UID = re.compile(r"(?:urn:oid:)?([0-9][0-9.]{0,63})")


def pictured_study_uid(session: ActorSession, content: Mapping[str, Any], patient_id: UUID) -> str:
    """Its number in the archive, "" where the entry names none that is the patient's and the reader's to see."""
    if content.get("resourceType") != "ImagingStudy":
        return ""
    listed = content.get("identifier")
    written = [str(each.get("value")) for each in listed or [] if isinstance(each, Mapping)]
    named = [found[1] for each in written if (found := STUDY_UID.fullmatch(each))]
    return known_study_uid(session, patient_id, named) if named else ""
