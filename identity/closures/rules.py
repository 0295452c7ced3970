"""How a record stands with a facility."""

from collections.abc import Collection

from identity.access.enumerations import CareBasis
from identity.closures.enumerations import FacilityState


def state_of(
    living: Collection[CareBasis], *, closed: bool, closable: Collection[CareBasis]
) -> FacilityState:
    """How it stands.

    Args:
        living: on which bases the facility cares for the patient now.
        closable: which of all bases may be closed.
    """
    forced = any(each not in closable for each in living)
    if closed:
        return FacilityState.OPENED_BY_LAW if forced else FacilityState.CLOSED
    return FacilityState.KEPT if forced else FacilityState.OPEN
