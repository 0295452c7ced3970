"""Which text is asked for today, and how an answer stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from foundation.errors import Stale
from identity.consents.enumerations import ConsentState, Decision, Purpose

# Raised when a text comes to ask for something else: who agreed to the one before has not agreed to this one, and is asked anew
# (Federal law 152-FZ, article 9, part 1: a consent is specific and informed). A text that only says it better keeps its number.
TEXT_VERSIONS: Mapping[Purpose, int] = {Purpose.RESEARCH: 1, Purpose.REMINDERS: 1, Purpose.SHARING: 1}


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered last.

    Attributes:
        stands_until: how long it counts at the longest; None where the person answered.
        right_ended: the right is over by which somebody answered for them.
    """

    decision: Decision
    text_version: int
    stands_until: datetime | None = None
    right_ended: bool = False


def state_of(newest: Answered | None, *, version: int, at: datetime) -> ConsentState:
    """How a consent stands: no is what counts until somebody has said yes, to this text, by a right that lasts."""
    if newest is None:
        return ConsentState.NEVER_ASKED
    if newest.right_ended or (newest.stands_until is not None and at >= newest.stands_until):
        return ConsentState.ENDED
    if newest.decision is Decision.DENY:
        return ConsentState.DENIED
    return ConsentState.GIVEN if newest.text_version == version else ConsentState.TEXT_CHANGED


def require_text(seen: int, *, version: int) -> None:
    """Raises Stale: another text is asked for now than the person has read."""
    if seen != version:
        raise Stale("The text has changed meanwhile. Read it, then decide.")
