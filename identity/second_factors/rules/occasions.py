"""When a second factor is asked for, and for how long one that was given counts. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from identity.second_factors.enumerations import Occasion
from identity.sessions.rules.second_factors import SecondFactor

# Five minutes as for reauthentication before what is sensitive (OWASP ASVS 5.0, 7.5.3); whoever signs has a round of entries
# before them, and signs each by hand; whoever stands at the desk has a queue of people before them.
GIVEN_FOR: Mapping[Occasion, timedelta] = {
    Occasion.EMERGENCY: timedelta(minutes=5),
    Occasion.SIGNING: timedelta(hours=1),
    Occasion.EXPORT: timedelta(minutes=5),
    Occasion.ADMINISTRATION: timedelta(minutes=5),
    Occasion.MERGE: timedelta(minutes=5),
    Occasion.OPENING: timedelta(hours=1),
    Occasion.PASSKEYS: timedelta(minutes=5),
}


def is_given(factor: SecondFactor | None, occasion: Occasion, *, at: datetime) -> bool:
    """Whether what was proven is young enough for this; what lies ahead proves nothing."""
    return factor is not None and timedelta(0) <= at - factor.at <= GIVEN_FOR[occasion]


def is_asked(*, required: bool, has_passkey: bool, occasion: Occasion) -> bool:
    """Whether somebody must give one: whoever has a passkey does; of the others only where the region requires it.

    The first passkey is made without one: there is nothing yet by which to prove it.
    """
    return has_passkey or (required and occasion is not Occasion.PASSKEYS)
