"""Two records of one person, each with a visit, and the visits overlap: they are joined all the same, and no visit is lost."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch_backend.bookings.actions.bookings import occupy_slot
from dispatch_backend.bookings.queries.bookings import upcoming_bookings_of
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.tables.referrals import Referral
from foundation.clock import now
from foundation.errors import RuleBroken
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from tests.dispatch_backend.factories import Desk


@pytest.fixture
def desk(people, as_actor, as_loader, pair) -> Desk:
    made = Desk(people, as_actor, as_loader)
    with as_loader() as session:
        for each in (pair.survivor, pair.merged):
            begin_care(
                session, patient_id=each.id, facility_id=made.doctor.facility_id, basis=CareBasis.IMPORT
            )
    return made


def test_overlapping_visits_of_both_stand_and_make_no_room_for_a_third(pair, desk, as_administrator):
    begins = now() + timedelta(days=3)
    moments = {"C-CARD": 0, "I-CT": 20, "C-NEUR": 35}
    slots = {
        code: desk.slot(starts_at=begins + timedelta(minutes=minute), minutes=30, service_code=code)
        for code, minute in moments.items()
    }
    own = desk.booked(desk.sent(pair.survivor), slots["C-CARD"])
    others = desk.booked(desk.sent(pair.merged, service_code="I-CT"), slots["I-CT"])

    merge_id = pair.join()

    assert _lanes(as_administrator, own, others) == [(pair.survivor.id, 0), (pair.survivor.id, 1)]
    with desk.as_actor(desk.dispatcher.actor) as session:
        standing = upcoming_bookings_of(session, pair.survivor.id, at=now())
    assert {each.id for each in standing} == {own, others}
    # It overlaps only the visit in the further lane.
    third = desk.sent(pair.survivor, service_code="C-NEUR")
    with pytest.raises(RuleBroken, match="has a visit at that time"):
        desk.booked(third, slots["C-NEUR"])
    with pytest.raises((IntegrityError, RuleBroken)), desk.as_actor(desk.dispatcher.actor) as session:
        occupy_slot(session, session.get_one(Referral, third), session.get_one(Slot, slots["C-NEUR"]))

    pair.part(merge_id)

    assert _lanes(as_administrator, own, others) == sorted([(pair.survivor.id, 0), (pair.merged.id, 0)])
    desk.booked(third, slots["C-NEUR"])


def _lanes(as_administrator, *bookings):
    with as_administrator() as connection:
        asked = text(
            "SELECT subject_id, lane FROM dispatch.occupation WHERE subject_kind = 'patient' AND booking_id = ANY(:ids) "
            "ORDER BY subject_id, lane"
        )
        return [tuple(each) for each in connection.execute(asked, {"ids": list(bookings)})]
