"""Counting a quarter from what happened: the events of its referrals up to a moment, and nothing that came later."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.bookings.tables import Booking, BookingOutcome
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.enumerations import OPEN, State
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from dispatch_backend.reports.rules import Quarter, QuarterLine
from foundation.clock import zone
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.queries import facility_codes

Counted = dict[Quarter, dict[str, QuarterLine]]


def count_quarters(session: ActorSession, *, cut_off: datetime, quarter: Quarter | None = None) -> Counted:
    """For each quarter in which somebody was referred, or for that one, the line of each facility that referred, by its code."""
    local = func.timezone(str(zone()), Referral.submitted_at)
    sent: Any = select(
        Referral.id,
        Referral.from_facility_id,
        Referral.submitted_at,
        Referral.due_at,
        cast(func.extract("year", local), Integer).label("year"),
        cast(func.extract("quarter", local), Integer).label("number"),
    ).where(Referral.submitted_at <= cut_off)
    if quarter:
        sent = sent.where(local >= quarter.first_day, local < quarter.next.first_day)
    referrals = sent.where(access.readable_by(session, Thing.REFERRALS, Referral.patient_id)).cte("sent")
    last = (
        select(ReferralEvent.referral_id, ReferralEvent.to_state, ReferralEvent.at)
        .join(referrals, referrals.c.id == ReferralEvent.referral_id)
        .where(ReferralEvent.at <= cut_off)
        .ext(distinct_on(ReferralEvent.referral_id))
        .order_by(ReferralEvent.referral_id, ReferralEvent.seq.desc())
        .cte("last")
    )
    # When the visit of the outcome began, which is what the law asks for, and not when somebody wrote it down.
    visits = (
        select(Booking.referral_id, func.max(Slot.starts_at).label("began_at"))
        .join(referrals, referrals.c.id == Booking.referral_id)
        .join(BookingOutcome, BookingOutcome.booking_id == Booking.id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(BookingOutcome.outcome == Outcome.SERVED)
        .where(access.readable_by(session, Thing.BOOKINGS, Booking.patient_id))
        .group_by(Booking.referral_id)
        .cte("visits")
    )
    served, is_open = last.c.to_state == State.SERVED, last.c.to_state.in_(OPEN)
    in_term = visits.c.began_at < referrals.c.due_at
    waited = func.floor(func.extract("epoch", visits.c.began_at - referrals.c.submitted_at))

    def how_many(*which: ColumnElement[bool]) -> Any:
        return func.count().filter(and_(*which))

    counted = (
        select(
            referrals.c.year,
            referrals.c.number,
            referrals.c.from_facility_id,
            how_many(served, in_term).label("served_in_term"),
            how_many(served, ~in_term).label("served_late"),
            how_many(is_open, referrals.c.due_at <= cut_off).label("overdue"),
            how_many(is_open, referrals.c.due_at > cut_off).label("waiting"),
            how_many(~served, ~is_open).label("revoked"),
            cast(func.coalesce(func.sum(waited).filter(served), 0), Integer).label("waited_seconds"),
        )
        .join(last, last.c.referral_id == referrals.c.id)
        .outerjoin(visits, visits.c.referral_id == referrals.c.id)
        .group_by(referrals.c.year, referrals.c.number, referrals.c.from_facility_id)
    )
    codes = facility_codes(session)
    found: Counted = {}
    for year, number, facility_id, *numbers in session.execute(counted):
        found.setdefault(Quarter(year, number), {})[codes[facility_id]] = QuarterLine(*numbers)
    return found
