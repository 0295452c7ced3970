"""Whose picture is it? Decided from what the device said, or not at all."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID


def owner_of(*, known: Mapping[UUID, date], birth_date: date | None) -> UUID | None:
    """The one patient who is known by the sent identifier, and was born on the sent day where one was sent.

    Args:
        known: birth dates of the patients who have this identifier.
    """
    fitting = [patient for patient, born in known.items() if birth_date is None or born == birth_date]
    return fitting[0] if len(fitting) == 1 else None
