"""Entering referrals in bulk, with all that happened to them: for loaders and the demo region.

The database holds this history to the same rules as the one that people make by working. To reckon it takes as long as to
enter it and needs no database, so that may be done before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from dispatch_backend.loading.actions.historical_care import historical_care
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral
from dispatch_backend.loading.actions.rows import TABLES, ReferralRows, Terms
from dispatch_backend.referrals.actions.transitions import event_row
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.referrals.queries.referrals import reserve_referral_numbers
from dispatch_backend.referrals.rules.history import HistorySoFar, next_event
from foundation import audit
from foundation.clock import now
from foundation.database.bulk import Row, WrittenRows, add_written
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.outbox import ANNOUNCED_AT, announce
from identity.access.actions import load_care
from identity.facilities.queries import dispatching_center

REFERRALS_AT_ONCE = 2_000
# What was done longer ago is history that comes in, and no news to anybody.
NEWS_FOR = timedelta(days=30)
NEWS = frozenset({Act.SENT, Act.BOOKED})


@dataclass(frozen=True)
class WrittenReferrals:
    """A portion of referrals as rows of each table, by its name, and the patient and referral of each line of the audit."""

    tables: Mapping[str, WrittenRows]
    loaded: tuple[tuple[UUID, UUID], ...]


def portions_of(referrals: Sequence[HistoricalReferral]) -> list[Sequence[HistoricalReferral]]:
    """The referrals as they are loaded: so many at once."""
    return [
        referrals[start : start + REFERRALS_AT_ONCE] for start in range(0, len(referrals), REFERRALS_AT_ONCE)
    ]


def unnumbered_in(referrals: Sequence[HistoricalReferral]) -> int:
    """How many have no running number yet."""
    return sum(referral.running_number is None for referral in referrals)


def write_referrals(
    referrals: Sequence[HistoricalReferral], *, numbers: Sequence[int], terms: Terms, center_id: UUID
) -> WrittenReferrals:
    """Reckon a portion. No database is needed.

    Args:
        numbers: running numbers for those that have none yet.

    Raises:
        RuleBroken, NotAllowed: a step that the rules do not allow.
        RuleBroken: no legal term was in force on the day of a sending.
    """
    rows, unused = ReferralRows(terms, center_id), iter(numbers)
    for referral in referrals:
        state, events = _history(referral)
        running = next(unused) if referral.running_number is None else referral.running_number
        rows.add(referral, running, state, events)
    return WrittenReferrals(
        rows.written(), tuple((referral.patient_id, referral.id) for referral in referrals)
    )


def enter_referrals(session: ActorSession, written: WrittenReferrals) -> None:
    """Enter a portion, whose care the database knows. Nothing is announced: whoever enters it knows what of it is news."""
    for table in TABLES:
        add_written(session, table, written.tables[table.__tablename__])
    audit.record_many(session, act="referral.loaded", object_kind="referral", done_to=written.loaded)


def load_referrals(
    session: ActorSession,
    referrals: Sequence[HistoricalReferral],
    *,
    care_id: Callable[[], UUID] = new_id,
) -> None:
    """Enter referrals with their whole history, and the care that they brought.

    Args:
        care_id: gives the identifier of each care that begins with them.

    Raises:
        RuleBroken, NotAllowed: a step that the rules do not allow.
        RuleBroken: no legal term was in force on the day of a sending.
    """
    terms, center = Terms.known(session), dispatching_center(session)
    load_care(session, historical_care(referrals, center_id=center, care_id=care_id))
    for portion in portions_of(referrals):
        numbers = reserve_referral_numbers(session, unnumbered_in(portion))
        enter_referrals(session, write_referrals(portion, numbers=numbers, terms=terms, center_id=center))
        _announce(session, portion)


def _announce(session: ActorSession, portion: Sequence[HistoricalReferral]) -> None:
    """What was sent or booked lately is news: one message for all of the portion."""
    since = now() - NEWS_FOR
    news = [
        {
            "patient_id": str(referral.patient_id),
            "object_id": str(referral.id),
            "act": last.act.value,
            "booking_id": str(last.booking_id or ""),
            # One message is announced for all of them; each was done when it was done.
            ANNOUNCED_AT: last.at.isoformat(),
        }
        for referral in portion
        for last in referral.steps[-1:]
        if last.act in NEWS and last.at > since
    ]
    if news:
        announce(session, "referrals.loaded", {"referrals": news})


def _history(referral: HistoricalReferral) -> tuple[State, list[Row]]:
    """The state in which it ends, and its hashed events."""
    if not referral.steps:
        raise ValueError(f"referral {referral.id} has no steps")
    history, events = HistorySoFar(referral.id, referral.patient_id), []
    for step in referral.steps:
        event = next_event(step, history)
        history = HistorySoFar.until(event)
        events.append(event_row(event))
    return State(event.to_state), events
