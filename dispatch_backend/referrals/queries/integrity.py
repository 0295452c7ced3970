"""Whether the history of the referrals still says what was done, and the referrals stand where it left them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, DateTime, Select, and_, column, func, or_, select, true

from dispatch_backend.referrals.enumerations import FORMER_STATES, State
from dispatch_backend.referrals.rules.history import Event, digest
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from foundation.database.portions import portion_after
from foundation.database.transactions import ActorSession
from foundation.hash_chain import CONTENT, Break, Link, breaks_in
from foundation.verifications import Found, Piece, Place, Verifier
from identity.access import queries as access
from identity.access.enumerations import Thing

EVENTS_AT_ONCE = 1000
REFERRALS_AT_ONCE = 5000
# Whose it was when it was sealed: its record may have been joined with another since.
SEALED_OF = func.coalesce(ReferralEvent.sealed_patient_id, ReferralEvent.patient_id).label("patient_id")
AS_WRITTEN = [SEALED_OF if name == "patient_id" else getattr(ReferralEvent, name) for name in Event._fields]
STATE = "state"
TERM = "term"
BEFORE_CALENDARS = 0
LEGAL_END: Any = (column("due_on", Date), column("due_at", DateTime(timezone=True)))


def look_at_events(session: ActorSession, goes_on: Place, *, at_once: int = EVENTS_AT_ONCE) -> Piece:
    """The events whose content or chain does not fit, with the reason, among so many after that place."""
    before = Link.kept(goes_on)
    rows = portion_after(
        session,
        select(*AS_WRITTEN),
        by=(ReferralEvent.referral_id, ReferralEvent.seq),
        after=(before.chain, before.number) if before else (),
        at_once=at_once,
    )
    links = [_link(sealed_event(row)) for row in rows]
    breaks = breaks_in(links, before=before)
    return Piece(len(links), _told(breaks), links[-1].to_keep() if links else None)


def look_at_referrals(session: ActorSession, goes_on: Place, *, at_once: int = REFERRALS_AT_ONCE) -> Piece:
    """The referrals that do not stand as their last event left them, with the number of the event that they tell of."""
    last = and_(ReferralEvent.referral_id == Referral.id, ReferralEvent.seq == Referral.version)
    last_state_kept = and_(last, ReferralEvent.to_state == Referral.state)
    rows = portion_after(
        session,
        select(Referral.id, Referral.version, ReferralEvent.seq).outerjoin(ReferralEvent, last_state_kept),
        by=(Referral.id,),
        after=(UUID(goes_on["referral"]),) if goes_on else (),
        at_once=at_once,
    )
    misplaced = [Break(row.id, row.version, STATE) for row in rows if row.seq is None]
    return Piece(len(rows), _told(misplaced), {"referral": str(rows[-1].id)} if rows else None)


def look_at_terms(session: ActorSession, goes_on: Place, *, at_once: int = REFERRALS_AT_ONCE) -> Piece:
    """The referrals whose legal day is not the one that follows from their term, their sending and their calendar.

    Those of before the calendar was kept name none, and the day that was reckoned for them stands.
    """
    follows, fits = lawful_end()
    rows = portion_after(
        session,
        select(Referral.id, Referral.version, fits.label("fits")).outerjoin(follows, true()),
        by=(Referral.id,),
        after=(UUID(goes_on["referral"]),) if goes_on else (),
        at_once=at_once,
    )
    wrong = [Break(row.id, row.version, TERM) for row in rows if not row.fits]
    return Piece(len(rows), _told(wrong), {"referral": str(rows[-1].id)} if rows else None)


def lawful_end() -> tuple[Any, ColumnElement[bool]]:
    """What a referral's legal day should be, to be joined to it, and whether it is; so too where it names no calendar."""
    calendar = func.nullif(Referral.calendar_version, BEFORE_CALENDARS)
    legal = func.dispatch.legal_end_of(Referral.waiting_term_id, Referral.submitted_at, calendar)
    follows = legal.table_valued(*LEGAL_END)
    fits = and_(follows.c.due_on == Referral.due_on, follows.c.due_at == Referral.due_at)
    return follows, or_(calendar.is_(None), fits)


DISPATCH_VERIFIER = Verifier(
    "dispatch", {"events": look_at_events, "referrals": look_at_referrals, "terms": look_at_terms}
)


def sealed_event_rows(session: ActorSession, *, only: Any = None) -> Select[Any]:
    """Events as they were sealed, in their order: to be narrowed to a referral in a combined query, and read by `sealed_event`.

    Args:
        only: the one patient whose referrals they belong to, as in `readable_by`.
    """
    asked: Select[Any] = (
        select(*AS_WRITTEN)
        .where(access.readable_by(session, Thing.REFERRALS, ReferralEvent.patient_id, only=only))
        .order_by(ReferralEvent.referral_id, ReferralEvent.seq)
    )
    return asked


def sealed_event(row: Any) -> Event:
    """An event as its hash vouches for it."""
    written = Event._make(row)
    return written._replace(from_state=written.from_state or None)


def breaks_of_referral(
    events: Sequence[Event], *, referral_id: UUID, version: int, state: State
) -> list[Break]:
    """Where the history of one referral is not as it was written, or does not lead to where the referral stands.

    Args:
        events: all of them, in their order.
        version, state: of the referral.
    """
    breaks = breaks_in(map(_link, events))
    last = (events[-1].seq, FORMER_STATES.get(events[-1].to_state, events[-1].to_state)) if events else None
    return breaks if last == (version, state) else [*breaks, Break(referral_id, version, STATE)]


def _told(breaks: Iterable[Break]) -> list[Found]:
    return [{"referral": str(each.chain), "number": each.number, "why": each.why} for each in breaks]


def _link(event: Event) -> Link:
    return Link(
        chain=event.referral_id,
        number=event.seq,
        sha256=event.sha256,
        previous_sha256=event.previous_sha256,
        fault="" if digest(event) == event.sha256 else CONTENT,
    )
