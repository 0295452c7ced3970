"""Counting a quarter from what happened: the events of its referrals up to a moment, and nothing that came later."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from dispatch_backend.bookings.tables import Booking
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.enumerations import OPEN, Act, State
from dispatch_backend.referrals.tables.referrals import Referral, ReferralEvent
from dispatch_backend.reports.rules import SECONDS_A_DAY, Quarter, QuarterLine, Waits
from foundation.clock import zone
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.queries import facility_codes

Counted = dict[Quarter, dict[str, QuarterLine]]


def count_quarters(session: ActorSession, *, cut_off: datetime, quarter: Quarter | None = None) -> Counted:
    """For each quarter in which somebody was referred, or for that one, the line of each facility that referred, by its code."""
    referrals, last, visits = _known_at(session, cut_off, quarter)
    served, booked = last.c.to_state == State.SERVED, last.c.to_state == State.BOOKED
    waits = last.c.to_state.in_(OPEN - {State.BOOKED})
    began_at = func.coalesce(visits.c.starts_at, last.c.at)
    in_term = began_at < referrals.c.due_at
    waited = func.floor(func.extract("epoch", began_at - referrals.c.submitted_at))
    over = referrals.c.due_at <= cut_off
    ended = func.coalesce(visits.c.ends_at, last.c.at) <= cut_off

    def how_many(*which: ColumnElement[bool]) -> Any:
        return func.count().filter(and_(*which))

    counted = (
        select(
            referrals.c.year,
            referrals.c.number,
            referrals.c.from_facility_id,
            how_many(served, in_term).label("served_in_term"),
            how_many(served, ~in_term).label("served_late"),
            how_many(or_(and_(waits, over), and_(booked, ~in_term))).label("overdue"),
            how_many(booked, in_term, ended).label("unrecorded"),
            how_many(or_(and_(waits, ~over), and_(booked, in_term, ~ended))).label("waiting"),
            how_many(~served, ~booked, ~waits).label("revoked"),
            cast(func.coalesce(func.sum(waited).filter(served), 0), BigInteger).label("waited_seconds"),
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


def count_waits(
    session: ActorSession, *, cut_off: datetime, quarter: Quarter | None = None
) -> dict[Quarter, dict[str, Waits]]:
    """Of the same referrals, by the facility that referred: how long those waited who were served, and how many visits were missed."""
    referrals, last, visits = _known_at(session, cut_off, quarter)
    missed = (
        select(ReferralEvent.referral_id, func.count().label("times"))
        .join(referrals, referrals.c.id == ReferralEvent.referral_id)
        .where(ReferralEvent.at <= cut_off, ReferralEvent.act == Act.MISSED)
        .group_by(ReferralEvent.referral_id)
        .cte("missed")
    )
    waited = func.coalesce(visits.c.starts_at, last.c.at) - referrals.c.submitted_at
    days = func.ceil(func.extract("epoch", waited) / SECONDS_A_DAY)
    served = last.c.to_state == State.SERVED
    counted = (
        select(
            referrals.c.year,
            referrals.c.number,
            referrals.c.from_facility_id,
            cast(case((served, days)), Integer).label("days"),
            func.count().label("people"),
            cast(func.coalesce(func.sum(missed.c.times), 0), Integer).label("missed"),
        )
        .join(last, last.c.referral_id == referrals.c.id)
        .outerjoin(visits, visits.c.referral_id == referrals.c.id)
        .outerjoin(missed, missed.c.referral_id == referrals.c.id)
        .group_by(referrals.c.year, referrals.c.number, referrals.c.from_facility_id, literal_column("days"))
    )
    codes = facility_codes(session)
    found: dict[Quarter, dict[str, Waits]] = {}
    for row in session.execute(counted):
        of_quarter = found.setdefault(Quarter(row.year, row.number), {})
        code = codes[row.from_facility_id]
        told = Waits(row.missed, {} if row.days is None else {row.days: row.people})
        of_quarter[code] = of_quarter.get(code, Waits()) + told
    return found


def _known_at(session: ActorSession, cut_off: datetime, quarter: Quarter | None) -> tuple[CTE, CTE, CTE]:
    """Of every quarter, or of one: the referrals that were sent, the last event of each, and the booking that counts for it."""
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
    # The booking that stood then, or whose visit took place: the law asks when that began, not when somebody wrote it down.
    visits = (
        select(Booking.referral_id, Slot.starts_at, Slot.ends_at)
        .join(referrals, referrals.c.id == Booking.referral_id)
        .join(Slot, Slot.id == Booking.slot_id)
        .where(Booking.booked_at <= cut_off)
        .where(access.readable_by(session, Thing.BOOKINGS, Booking.patient_id))
        .ext(distinct_on(Booking.referral_id))
        .order_by(Booking.referral_id, Booking.booked_at.desc(), Booking.id.desc())
        .cte("visits")
    )
    return referrals, last, visits
