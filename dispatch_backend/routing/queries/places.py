"""Every place that could be thought of for a referral, and what stands against those that are not offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Date, Select, case, cast, func, not_, select, true
from sqlalchemy.orm import aliased

from dispatch_backend.bookings.queries.referral_cards import ReferralCard, referral_selects
from dispatch_backend.bookings.rules.booking import notice_for
from dispatch_backend.capacity.tables import Resource, Slot
from dispatch_backend.routing.queries.capabilities import limits_of, may_serve
from dispatch_backend.routing.queries.offers import AskedAt, AskedFor, patient_is_free, ways_to
from dispatch_backend.routing.queries.orders import RouteOrder, order_selects
from dispatch_backend.routing.queries.registers import told_ways
from dispatch_backend.routing.rules import FoundTimes, Way, WhyNot, why_not
from dispatch_backend.services.enumerations import Priority
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from identity.facilities.queries import FacilityCard, facility_rows
from identity.patients.queries.patients import patient_rows


@dataclass(frozen=True, slots=True)
class ThoughtOf:
    """A place that has times for the service, or may serve it, or is named by the order.

    Attributes:
        position: in the ministry's order, from 1 on; None where it is not named.
        why_not: it is not offered; None where it is.
        offered_at: its earliest time that is.
        in_time: whether that is within the legal term.
    """

    facility: FacilityCard
    way: Way | None
    position: int | None
    why_not: WhyNot | None
    offered_at: datetime | None
    in_time: bool


def thought_of_from(
    answer: Any, facilities: Mapping[Any, FacilityCard], referral: ReferralCard, order: RouteOrder | None
) -> Sequence[ThoughtOf]:
    """Those that are offered first, the earliest first; then the others by code."""
    named = {each: place for place, each in enumerate(order.targets, start=1)} if order else {}
    rows = [
        row
        for row in answer.found
        if row.has_times or row.free_at or row.licensed or row.facility_id in named
    ]
    ways = ways_to([row.facility_id for row in rows], answer, facilities, referral.from_facility_id)
    places = [
        ThoughtOf(
            facility=facilities[row.facility_id],
            way=ways[row.facility_id],
            position=named.get(row.facility_id),
            why_not=why_not(FoundTimes(*(getattr(row, name) for name in FoundTimes._fields))),
            offered_at=row.offered_at,
            in_time=row.offered_at is not None and row.offered_at < referral.due_at,
        )
        for row in rows
    ]
    return sorted(
        places, key=lambda each: (each.offered_at is None, each.offered_at or 0, each.facility.code)
    )


def _selects(session: ActorSession, referral_id: Any, at: Any, day: Any, zone: Any) -> Selects:
    selects = referral_selects(session, referral_id)
    referral: Any = selects["referrals"].subquery()
    patient = patient_rows(session, select(referral.c.patient_id).scalar_subquery()).cte("referred_patient")
    return {
        **selects,
        "patient": select(patient),
        "places": facility_rows(),
        "ways": told_ways(select(referral.c.from_facility_id).scalar_subquery()),
        **order_selects(referral, day),
        "found": _found(session, AskedFor(referral, patient), AskedAt(at, day, zone)),
    }


def _found(session: ActorSession, asked_for: AskedFor, now: AskedAt) -> Select[Any]:
    """A row for each place that takes part: each column asks the free times for one thing more."""
    referral, patient = asked_for
    known: Any = referral.c
    place = facility_rows().subquery("place").c
    limits = limits_of(referral, patient, now.zone)
    after = select(case(*((known.priority == each, now.at + notice_for(each)) for each in Priority)))
    asked = [Slot.starts_at > now.at]
    columns = []
    for name, more in (
        ("free_at", true()),
        ("serves_at", may_serve(limits)),
        ("later_at", Slot.starts_at > after.scalar_subquery()),
        ("offered_at", patient_is_free(session, known)),
    ):
        asked.append(more)
        columns.append(_earliest_free(known, place, asked).label(name))
    free_day = cast(func.timezone(now.zone, columns[0].element), Date)
    rows: Select[Any] = select(
        place.id.label("facility_id"),
        _has_times(known, place, now.at).label("has_times"),
        select(limits.c.facility_id).where(limits.c.facility_id == place.id).exists().label("licensed"),
        _some_licence(limits, place, limits.c.sex_suits).label("suits_sex"),
        _some_licence(
            limits, place, limits.c.old_enough_on <= free_day, limits.c.too_old_on > free_day
        ).label("suits_age"),
        *columns,
    )
    return rows


def _earliest_free(known: Any, place: Any, asked: Sequence[Any]) -> Any:
    return (
        select(Slot.starts_at)
        .where(
            Slot.service_code == select(known.code).scalar_subquery(),
            Slot.facility_id == place.id,
            not_(Slot.taken),
            *asked,
        )
        .order_by(Slot.starts_at)
        .limit(1)
        .scalar_subquery()
    )


def _has_times(known: Any, place: Any, at: Any) -> Any:
    """Whether what one of its doctors, rooms or devices has next is for the service: of each only the next is looked at."""
    later = aliased(Slot)
    following = (
        select(later.service_code)
        .where(later.resource_id == Resource.id, later.starts_at > at)
        .order_by(later.starts_at)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Resource.id)
        .where(Resource.facility_id == place.id, following == select(known.code).scalar_subquery())
        .exists()
    )


def _some_licence(limits: CTE, place: Any, *conditions: Any) -> Any:
    return select(limits.c.facility_id).where(limits.c.facility_id == place.id, *conditions).exists()


PLACES = CombinedQuery(_selects)
