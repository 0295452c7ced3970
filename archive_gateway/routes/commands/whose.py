"""Whom an operator means who names a patient."""

import contextlib
from uuid import UUID

from foundation.database import ActorSession
from foundation.errors import NotFound
from identity.queries import patient_card, patients_known_as


def patient_named(session: ActorSession, text: str) -> UUID:
    """The patient with this id or SNILS.

    Raises:
        NotFound: there is none.
    """
    with contextlib.suppress(ValueError):
        return patient_card(session, UUID(text)).id
    known = patients_known_as(session, text)
    if len(known) != 1:
        raise NotFound("There is no such patient.")
    return known[0].patient_id
