"""A person's whole record as FHIR resources: signed, none entered in error, with the places and people they refer to."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from emr.directory.queries import directory_resources
from emr.summaries.queries import signed_resources_of
from foundation.database.transactions import ActorSession
from identity.patients.queries.patients import patient_card
from interop.rules.bundles import relative_references_in
from interop.rules.statements import patient_resource


def patient_in_fhir(session: ActorSession, patient_id: UUID) -> dict[str, Any]:
    """The patient as the register knows them. Raises NotFound: absent, or not the reader's to know."""
    card = patient_card(session, patient_id)
    return patient_resource(
        patient_id=card.id,
        family_name=card.family_name,
        given_names=[name for name in (card.given_name, card.middle_name) if name],
        birth_date=card.birth_date,
        sex=str(card.sex.value),
    )


def record_in_fhir(
    session: ActorSession, patient_id: UUID, *, types: Collection[str] = (), since: datetime | None = None
) -> list[dict[str, Any]]:
    """The patient first, then everything signed, then what it refers to.

    Args:
        types: only resources of these types; none for all.
        since: only what was written down here at that moment or later.

    Raises:
        NotFound: no such patient, or not the reader's to know.
    """
    registered = patient_in_fhir(session, patient_id)
    kept = [
        each.content
        for each in signed_resources_of(session, patient_id)
        if not each.entered_in_error and (since is None or each.recorded_at >= since)
    ]
    # Where another system sent the person's details, they say more than the register does.
    sent = next((each for each in kept if each.get("id") == str(patient_id)), None)
    resources = [sent or registered, *(each for each in kept if each is not sent)]
    named = {identifier for each in resources for _type, identifier in relative_references_in(each)}
    resources += directory_resources(session, named)
    return [each for each in resources if not types or each["resourceType"] in types]
