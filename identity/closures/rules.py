"""How a record stands with a facility."""

from collections.abc import Collection

from identity.access.enumerations import CareBasis
from identity.closures.enumerations import FacilityState


def state_of(
    living: Collection[CareBasis], *, closed: bool, closable: Collection[CareBasis]
) -> FacilityState:
    """How it stands.

    Args:
        living: on which bases the facility cares for the patient now; where there is any, nothing is closed, whatever was wanted.
        closable: which of all bases may be closed.
    """
    forced = any(each not in closable for each in living)
    if forced:
        return FacilityState.OPENED_BY_LAW if closed else FacilityState.KEPT
    return FacilityState.CLOSED if closed and not living else FacilityState.OPEN
