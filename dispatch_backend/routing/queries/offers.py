"""The free slots that suit a referral best."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, case, exists, select

from dispatch_backend.bookings.queries.bookings import times_elsewhere
from dispatch_backend.bookings.queries.referral_cards import (
    ReferralCard,
    referral_page_selects,
    referral_selects,
)
from dispatch_backend.bookings.rules.booking import notice_for
from dispatch_backend.capacity.queries import OF_EACH_FACILITY, FreeSlot, chosen, free_slot_from, offer_rows
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.enumerations import BOOKABLE, MOVABLE
from dispatch_backend.routing import rules as ranking
from dispatch_backend.routing.queries.capabilities import limits_of, may_serve
from dispatch_backend.routing.queries.orders import RouteOrder, order_selects
from dispatch_backend.routing.queries.registers import told_ways, weights_from, weights_in_force
from dispatch_backend.services.enumerations import Priority
from dispatch_backend.services.rules.terms import end_of
from foundation.database.combined_query import CombinedQuery, Selects, together
from foundation.database.transactions import ActorSession
from identity.facilities.enumerations import HOSPITALS
from identity.facilities.queries import FacilityCard, facility_rows
from identity.patients.queries.patients import patient_rows

MOST_SHOWN = 24
MOST_CALLED = 5


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Which free slots are wanted; empty means the earliest of each place.

    Attributes:
        resource: a part of the name of the doctor, room or device.
        slot_id: the one that somebody has chosen.
        moving: also for a referral that has a slot already.
    """

    day: date | None = None
    place_id: UUID | None = None
    resource: str = ""
    slot_id: UUID | None = None
    moving: bool = False

    def values(self, zone: tzinfo) -> dict[str, Any]:
        """What is asked for, in the words of `capacity.queries.chosen`.

        Args:
            zone: in which the day lies.
        """
        asked: dict[str, Any] = {"place_id": self.place_id, "slot_id": self.slot_id}
        if self.resource:
            asked["resource"] = "%" + re.sub(r"([%_\\])", r"\\\1", self.resource) + "%"
        if self.day:
            asked["day_from"] = datetime.combine(self.day, time.min, zone)
            asked["day_until"] = end_of(self.day, zone)
        return {name: value for name, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """A free slot as it suits one referral: how long the way is, where that is known, and whether the legal day is kept.

    `given_up` is one that the referral had: whoever wants another time is not offered it first.
    """

    slot: FreeSlot
    facility: FacilityCard
    way: ranking.Way | None
    in_time: bool
    given_up: bool
    cost: ranking.Cost


class AskedAt(NamedTuple):
    """When offers are asked for: a moment, the region's day, and the name of its zone, by whose clocks days begin."""

    at: Any
    day: Any
    zone: Any


class AskedFor(NamedTuple):
    """For whom offers are asked, if the reader may know of it: a referral's row in `referral_selects`, and the patient's."""

    referral: FromClause
    patient: FromClause


def offer_selects(
    session: ActorSession, asked_for: AskedFor, now: AskedAt, *, moving: bool, narrowed: Mapping[str, Any]
) -> Selects:
    """What may be offered for a referral that waits, or is to be moved: to be fetched in a combined query, and read by `ranked_from`."""
    referral, patient = asked_for
    known: Any = referral.c
    after = case(*((known.priority == each, now.at + notice_for(each)) for each in Priority))
    asked = (
        select(known.code.label("service_code"), after.label("after"))
        .where(known.state.in_(MOVABLE if moving else BOOKABLE))
        .subquery("asked")
    )
    # Who has chosen a day, a place or a doctor wants to see all that there is.
    of_each = MOST_SHOWN if narrowed else OF_EACH_FACILITY
    return {
        "places": facility_rows(),
        "weights": weights_in_force(now.day),
        "ways": told_ways(select(known.from_facility_id).scalar_subquery()),
        **order_selects(referral, now.day),
        "slots": offer_rows(
            asked,
            of_each=of_each,
            only=[
                *chosen(narrowed),
                may_serve(limits_of(referral, patient, now.zone)),
                patient_is_free(session, known),
            ],
        ),
    }


def patient_is_free(session: ActorSession, referral: Any) -> ColumnElement[bool]:
    """Of a slot: that it overlaps none of the patient's visits for other referrals. One that is to be moved is in nobody's way."""
    patient_id, own = (select(column).scalar_subquery() for column in (referral.patient_id, referral.id))
    # They are few, and looked up once for all that is offered.
    elsewhere = (
        times_elsewhere(session, patient_id, besides=own)
        .cte("elsewhere")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return ~exists().where(elsewhere.c.starts_at < Slot.ends_at, elsewhere.c.ends_at > Slot.starts_at)


def ranked_from(
    answer: Any,
    facilities: Mapping[UUID, FacilityCard],
    referral: ReferralCard,
    *,
    order: RouteOrder | None,
    at: datetime,
) -> list[RankedSlot]:
    """The free slots that suit the referral best, the best first, seen from the patient's own facility."""
    weights, given_up = weights_from(answer.weights), {row.slot_id for row in answer.had}
    offering = {row.facility_id for row in answer.slots}
    ways = ways_to(offering, answer, facilities, referral.from_facility_id)
    outside = {each: order.outside(each) if order else 0.0 for each in offering}
    waiting = ranking.Waiting(referral.submitted_at, referral.due_at, at)
    costs = [
        waiting.cost(row.starts_at, ways[row.facility_id], outside[row.facility_id], weights)
        for row in answer.slots
    ]
    # Only what is shown is made: each place may offer as many as all of them together show.
    best_first = sorted(
        zip(answer.slots, costs, strict=True),
        key=lambda each: (each[0].id in given_up, each[1].total, each[0].starts_at),
    )
    return [
        RankedSlot(
            slot=free_slot_from(row),
            facility=facilities[row.facility_id],
            way=ways[row.facility_id],
            in_time=row.starts_at < referral.due_at,
            given_up=row.id in given_up,
            cost=cost,
        )
        for row, cost in best_first[:MOST_SHOWN]
    ]


def ways_to(
    ends: Iterable[UUID], answer: Any, facilities: Mapping[UUID, FacilityCard], home_id: UUID
) -> dict[UUID, ranking.Way | None]:
    """The way from there to each of these facilities."""
    told = {row.to_facility_id: row.minutes for row in answer.ways}
    start = _coordinates(facilities.get(home_id))
    return {
        each: ranking.way_between(start, _coordinates(facilities.get(each)), told.get(each)) for each in ends
    }


def hospitals_to_call(
    referral: ReferralCard, places: Mapping[UUID, FacilityCard], offers: Iterable[RankedSlot] = ()
) -> list[FacilityCard]:
    """Where a bed that is needed now is asked for: who has free places for such patients, then the others; the nearest first.

    Args:
        places: among them the hospitals, and where the patient is.
    """
    if not referral.bed_needed_now:
        return []
    home = places.get(referral.from_facility_id)
    offering = {each.facility.id for each in offers}
    called = [each for each in places.values() if each.id in offering or each.kind in HOSPITALS]
    called.sort(key=lambda each: (each.id not in offering, _unknown_last(_distance(home, each)), each.code))
    return called[:MOST_CALLED]


def _unknown_last(distance_km: float | None) -> float:
    return math.inf if distance_km is None else distance_km


def _offers_selects(
    session: ActorSession, moving: bool, referral_id: Any, at: Any, day: Any, zone: Any, **narrowed: Any
) -> Selects:
    """The offers alone, with the referral that they are for."""
    selects = referral_selects(session, referral_id)
    referral: Any = selects["referrals"].subquery()
    patient = patient_rows(session, select(referral.c.patient_id).scalar_subquery()).cte("referred_patient")
    asked_for, now = AskedFor(referral, patient), AskedAt(at, day, zone)
    return together(selects, offer_selects(session, asked_for, now, moving=moving, narrowed=narrowed))


def _page_selects(
    session: ActorSession, moving: bool, referral_id: Any, at: Any, day: Any, zone: Any, **narrowed: Any
) -> Selects:
    selects = referral_page_selects(session, referral_id)
    # Looked up once, though the page shows the patient and the offers ask for age and sex.
    patient = selects["patient"].cte("referred_patient")
    asked_for = AskedFor(selects["referrals"].subquery(), patient)
    now = AskedAt(at, day, zone)
    return together(
        {**selects, "patient": select(patient)},
        offer_selects(session, asked_for, now, moving=moving, narrowed=narrowed),
    )


OFFERS = CombinedQuery(_offers_selects)


REFERRAL_PAGE = CombinedQuery(_page_selects)


def _distance(home: FacilityCard | None, facility: FacilityCard) -> float | None:
    return ranking.road_km(_coordinates(home), _coordinates(facility))


def _coordinates(facility: FacilityCard | None) -> ranking.Coordinates:
    return (facility.latitude, facility.longitude) if facility else (None, None)
