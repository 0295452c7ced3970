"""Whom an operator means who names a patient."""

import contextlib
from uuid import UUID

from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.patients.queries.matching import patients_known_as
from identity.patients.queries.patients import patient_card


def patient_named(session: ActorSession, text: str) -> UUID:
    """The patient with this id or SNILS.

    Raises:
        NotFound: there is none.
    """
    with contextlib.suppress(ValueError):
        return patient_card(session, UUID(text)).id
    known = patients_known_as(session, text)
    if len(known) != 1:
        raise NotFound("Record not found.")
    return known[0].patient_id
