"""How an opening by law stands at a moment, and whom it lets in. Pure."""

from datetime import datetime
from uuid import UUID

from identity.legal_openings.enumerations import OpeningState


def state_at(at: datetime, *, began_at: datetime, ends_at: datetime | None) -> OpeningState:
    """`ends_at` is the first moment at which it opens nothing; None while no end is known."""
    if ends_at is not None and ends_at <= at:
        return OpeningState.OVER
    return OpeningState.IN_FORCE if began_at <= at else OpeningState.TO_COME


def reaches(*, role: str, facility_id: UUID | None, to_role: str, at_facility: UUID | None) -> bool:
    """Whether what is opened to a role, at a facility or (None) everywhere, is opened to somebody in theirs at that place."""
    return role == to_role and at_facility in (None, facility_id)
