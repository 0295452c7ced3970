"""Whether the history of the referrals still says what was done, and the referrals stand where it left them."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, and_, select

from dispatch_backend.referrals.rules.history import Event, digest
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from foundation.database.portions import in_portions
from foundation.database.transactions import ActorSession
from foundation.hash_chain import CONTENT, Break, Link, breaks_in

EVENTS_AT_ONCE = 1000
AS_WRITTEN = [getattr(ReferralEvent, name) for name in Event._fields]
STATE = "state"


def broken_events(
    session: ActorSession,
    *,
    at_once: int = EVENTS_AT_ONCE,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> tuple[int, list[dict[str, object]]]:
    """How many events were checked, and those whose content or chain does not fit, with the reason.

    A referral that does not stand as its last event left it is named with the number of the event that it tells of.

    Args:
        at_once: how many events are in memory at a time.
        on_progress: hears after each portion how many events are done.
    """
    portions = in_portions(
        session, select(*AS_WRITTEN), by=(ReferralEvent.referral_id, ReferralEvent.seq), at_once=at_once
    )
    checked, breaks = breaks_in((list(map(_link, portion)) for portion in portions), on_progress=on_progress)
    breaks += _misplaced(session)
    return checked, [{"referral": str(each.chain), "number": each.number, "why": each.why} for each in breaks]


def _link(row: Row[Any]) -> Link:
    written = Event._make(row[: len(Event._fields)])
    event = written._replace(from_state=written.from_state or None)
    return Link(
        chain=event.referral_id,
        number=event.seq,
        sha256=event.sha256,
        previous_sha256=event.previous_sha256,
        fault="" if digest(event) == event.sha256 else CONTENT,
    )


def _misplaced(session: ActorSession) -> list[Break]:
    last = and_(ReferralEvent.referral_id == Referral.id, ReferralEvent.seq == Referral.version)
    last_state_kept = and_(last, ReferralEvent.to_state == Referral.state)
    rows = session.execute(
        select(Referral.id, Referral.version)
        .outerjoin(ReferralEvent, last_state_kept)
        .where(ReferralEvent.referral_id.is_(None))
        .order_by(Referral.id)
    )
    return [Break(referral_id, version, STATE) for referral_id, version in rows]
