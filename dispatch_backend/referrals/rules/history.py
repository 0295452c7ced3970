"""The chain of a referral's history: each event carries the hash of the one before, so that tampering shows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.referrals.rules.states import next_state
from foundation.canonical_json import canonical_json, digest_of_text
from foundation.hash_chain import BEGINNING


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did to a referral, wherever in its history it will stand."""

    act: Act
    at: datetime
    role: str
    staff_id: UUID | None
    facility_id: UUID | None
    reason: str = ""


class Event(NamedTuple):
    """One step in its place in the history, as it is hashed and as it is kept: with the words of its day.

    `State` and `Act` read them, also where the word has changed since.
    """

    referral_id: UUID
    seq: int
    patient_id: UUID
    from_state: str | None
    to_state: str
    act: str
    actor_role: str
    actor_staff_id: UUID | None
    actor_facility_id: UUID | None
    at: datetime
    reason: str = ""
    previous_sha256: str = BEGINNING
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class HistorySoFar:
    """Where a referral's history ends so far; by default it has not begun.

    Attributes:
        length: how many events there are.
        state: in which the last of them left the referral.
        sha256: of the last of them.
    """

    referral_id: UUID
    patient_id: UUID
    length: int = 0
    state: State | None = None
    sha256: str = BEGINNING

    @classmethod
    def until(cls, event: Event) -> "HistorySoFar":
        return cls(event.referral_id, event.patient_id, event.seq, State(event.to_state), event.sha256)


def following(step: Step, history: HistorySoFar) -> Event:
    """The step as the event that comes next, not sealed yet.

    Raises:
        RuleBroken: nobody may do this to a referral in this state.
        NotAllowed: others may, but not in this role.
    """
    return Event(
        referral_id=history.referral_id,
        seq=history.length + 1,
        patient_id=history.patient_id,
        from_state=history.state,
        to_state=next_state(history.state, step.act, step.role),
        act=step.act,
        actor_role=step.role,
        actor_staff_id=step.staff_id,
        actor_facility_id=step.facility_id,
        at=step.at,
        reason=step.reason,
        previous_sha256=history.sha256,
    )


def next_event(step: Step, history: HistorySoFar) -> Event:
    """The same, sealed by its hash: of the past, whose time and chain the database takes as they are told.

    Raises:
        RuleBroken, NotAllowed: as `following` does.
    """
    event = following(step, history)
    return event._replace(sha256=digest(event))


def digest(event: Event) -> str:
    """The hash of everything the event says; dispatch.digest_of_event in the database says the same."""
    return digest_of_text(sealed_text(event))


def sealed_text(event: Event) -> str:
    """Everything the event says, the time in UTC, as it is hashed: whoever holds this text can hash it again."""
    content = event._asdict()
    del content["sha256"]
    content["at"] = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    return canonical_json(content)
