"""The chain of a referral's history: each event carries the hash of the one before, so that tampering shows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from uuid import UUID

import orjson

from dispatch_backend.rules.states import Act, State

# The hash before the first event.
BEGINNING = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a referral, as it is hashed."""

    referral_id: UUID
    seq: int
    patient_id: UUID
    from_state: State | None
    to_state: State
    act: Act
    actor_role: str
    actor_staff_id: UUID | None
    actor_facility_id: UUID | None
    at: datetime
    reason: str = ""
    previous_sha256: str = BEGINNING
    sha256: str = ""


_HASHED = tuple(each.name for each in fields(Event) if each.name != "sha256")


def sealed(event: Event, *, previous: str) -> Event:
    """The event with the hash of the one before and its own."""
    chained = replace(event, previous_sha256=previous, sha256="")
    return replace(chained, sha256=digest(chained))


def digest(event: Event) -> str:
    """SHA-256, in hexadecimal, of everything the event says: JSON with sorted names, without spaces, the time in UTC."""
    said = {name: getattr(event, name) for name in _HASHED}
    # Written out whole: orjson leaves microseconds away where there are none.
    said["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def first_break(events: Sequence[Event]) -> int | None:
    """The number of the first event that does not follow from the one before, or None where the chain is whole."""
    previous, state = BEGINNING, None
    for number, event in enumerate(events, start=1):
        whole = (event.seq, event.from_state, event.previous_sha256) == (number, state, previous)
        if not whole or digest(event) != event.sha256:
            return number
        previous, state = event.sha256, event.to_state
    return None
