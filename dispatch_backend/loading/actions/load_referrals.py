"""Entering slots and referrals in bulk, with all that happened to them: for loaders and the demo region.

The database holds this history to the same rules as the one that people make by working.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

from dispatch_backend.loading.actions.historical_care import historical_care
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral
from dispatch_backend.loading.actions.rows import ReferralRows, Terms
from dispatch_backend.referrals.actions.transitions import event_row
from dispatch_backend.referrals.enumerations import State
from dispatch_backend.referrals.queries.referrals import reserve_referral_numbers
from dispatch_backend.referrals.rules.history import HistorySoFar, next_event
from foundation import audit
from foundation.database.bulk import Row, WrittenRows, write_rows
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from identity.access.actions import load_care
from identity.facilities.queries import dispatching_center

REFERRALS_AT_ONCE = 2_000


@dataclass(frozen=True)
class WrittenHistories:
    """The hashed events of a portion of referrals, and the state in which each of these ends. No database is needed."""

    states: tuple[State, ...]
    events: WrittenRows


def portions_of(referrals: Sequence[HistoricalReferral]) -> list[Sequence[HistoricalReferral]]:
    """The referrals as they are loaded: so many at once."""
    return [
        referrals[start : start + REFERRALS_AT_ONCE] for start in range(0, len(referrals), REFERRALS_AT_ONCE)
    ]


def write_histories(referrals: Sequence[HistoricalReferral]) -> WrittenHistories:
    """Reckon a portion: the longest part of loading it, which another process may do.

    Raises:
        RuleBroken, NotAllowed: a step that the rules do not allow.
    """
    states: list[State] = []
    events: list[Row] = []
    for referral in referrals:
        if not referral.steps:
            raise ValueError(f"referral {referral.id} has no steps")
        history = HistorySoFar(referral.id, referral.patient_id)
        for step in referral.steps:
            event = next_event(step, history)
            history = HistorySoFar.until(event)
            events.append(event_row(event))
        states.append(State(event.to_state))
    return WrittenHistories(tuple(states), write_rows(events))


def load_referrals(
    session: ActorSession,
    referrals: Sequence[HistoricalReferral],
    *,
    care_id: Callable[[], UUID] = new_id,
    histories: Iterable[WrittenHistories] | None = None,
) -> None:
    """Enter referrals with their whole history; for loaders. Nothing is announced: it is no news.

    Args:
        care_id: gives the identifier of each care that begins with them.
        histories: of each of their portions, where somebody else reckons them.

    Raises:
        RuleBroken, NotAllowed: a step that the rules do not allow.
        RuleBroken: no legal term was in force on the day of a sending.
    """
    numbers, terms, center = _numbers(session, referrals), Terms(session), dispatching_center(session)
    load_care(session, historical_care(referrals, center_id=center, care_id=care_id))
    portions = portions_of(referrals)
    # While the database checks one portion, the next is reckoned. Only the writer's thread uses the session meanwhile.
    with ThreadPoolExecutor(max_workers=1) as writer:
        written = writer.submit(lambda: None)
        for portion, history in zip(portions, histories or map(write_histories, portions), strict=True):
            rows = ReferralRows(terms, center, history.events)
            for referral, state in zip(portion, history.states, strict=True):
                rows.add(
                    referral,
                    next(numbers) if referral.running_number is None else referral.running_number,
                    state,
                )
            written.result()
            written = writer.submit(rows.write, session)
        written.result()
    loaded = [(referral.patient_id, referral.id) for referral in referrals]
    audit.record_many(session, act="referral.loaded", object_kind="referral", done_to=loaded)


def _numbers(session: ActorSession, referrals: Sequence[HistoricalReferral]) -> Iterator[int]:
    """For those that have none yet."""
    return iter(
        reserve_referral_numbers(session, sum(referral.running_number is None for referral in referrals))
    )
