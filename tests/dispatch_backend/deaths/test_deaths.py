"""With a death recorded, what was booked and asked for ends and its slots are free; undone, it waits again, and nothing is booked."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from dispatch_backend.bookings.tables import BookingCancellation
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.deaths.actions import close_after_death, reopen_after_undoing
from dispatch_backend.referrals.actions.referrals import revoke_referral
from dispatch_backend.referrals.enumerations import Act, OwnReason, State
from foundation.clock import now
from foundation.errors import RuleBroken
from identity.access.tables import CareRelation
from portal.notices.actions import add_booking_notice, add_undone_death_notice
from portal.notices.rules import NoticeKind
from portal.notices.tables import Notice
from tests.identity.deaths.factories import died, undone
from tests.identity.journeys import ENGLISH
from tests.pages import read
from tests.verifying import broken_events


@pytest.fixture
def registrar(people, desk):
    return people.registrar(facility_id=desk.doctor.facility_id)


@pytest.fixture
def passing(desk, as_worker, registrar):
    """`passing(patient)`: their death is recorded and the worker has heard of it; `passing.back()`: it is undone."""

    class Passing:
        def __call__(self, patient):
            self.patient = patient
            with desk.as_actor(registrar.actor) as session:
                self.death_id = died(session, patient.id)
            self.hear(close_after_death)

        def back(self):
            with desk.as_actor(registrar.actor) as session:
                undone(session, self.patient.id, self.death_id)
            self.hear(reopen_after_undoing)

        def hear(self, handler):
            with as_worker() as session:
                handler(session, self.told)

        @property
        def told(self):
            return {"patient_id": str(self.patient.id), "object_id": str(self.death_id)}

    return Passing()


def card(desk, referral_id):
    with desk.as_actor(desk.dispatcher.actor) as session:
        return referral_to_read(session, referral_id)


def steps(desk, referral_id):
    return [(each.act, each.reason) for each in card(desk, referral_id).steps]


def taken(desk, slot_id):
    with desk.as_loader() as session:
        return session.scalar(select(Slot.taken).where(Slot.id == slot_id))


def test_bookings_are_cancelled_slots_freed_and_referrals_revoked_with_the_reason(desk, passing):
    patient, slot = desk.patient(), desk.slot()
    booked = desk.sent(patient)
    booking_id = desk.booked(booked, slot)
    waiting = desk.sent(patient, service_code="I-CT")

    passing(patient)

    assert {card(desk, each).state for each in (booked, waiting)} == {State.REVOKED}
    assert not taken(desk, slot)
    for each in (booked, waiting):
        assert steps(desk, each)[-1] == (Act.REVOKED, OwnReason.DEATH)
    with desk.as_loader() as session:
        assert session.get(BookingCancellation, booking_id).reason == OwnReason.DEATH
        assert broken_events(session)[1] == []


def test_other_people_s_bookings_stay(desk, passing):
    other, slot = desk.sent(), desk.slot()
    desk.booked(other, slot)

    passing(desk.patient())

    assert card(desk, other).state is State.BOOKED
    assert taken(desk, slot)


def test_heard_twice_it_is_done_once(desk, passing):
    patient = desk.patient()
    referral_id = desk.sent(patient)

    passing(patient)
    passing.hear(close_after_death)

    assert [act for act, _ in steps(desk, referral_id)] == [Act.SENT, Act.REVOKED]


def test_a_visit_that_has_begun_is_left_to_those_who_were_there(desk, passing):
    patient = desk.patient()
    referral_id, _booking_id = desk.visited(patient)

    passing(patient)

    assert card(desk, referral_id).state is State.BOOKED


def test_undone_the_referrals_wait_again_with_their_day_and_nothing_is_booked(desk, passing):
    patient, slot = desk.patient(), desk.slot()
    referral_id = desk.sent(patient)
    desk.booked(referral_id, slot)
    due_at = card(desk, referral_id).due_at
    passing(patient)

    passing.back()
    passing.hear(reopen_after_undoing)

    again = card(desk, referral_id)
    assert (again.state, again.booking, again.due_at) == (State.SUBMITTED, None, due_at)
    assert steps(desk, referral_id)[-1] == (Act.REOPENED, OwnReason.DEATH_UNDONE)
    assert not taken(desk, slot)
    with desk.as_loader() as session:
        assert broken_events(session)[1] == []
    desk.booked(referral_id, slot)
    assert card(desk, referral_id).state is State.BOOKED


def test_what_somebody_withdrew_stays_withdrawn(desk, passing):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    with desk.as_actor(desk.dispatcher.actor) as session:
        revoke_referral(session, referral_id, reason="Not needed")
    passing(patient)

    passing.back()

    assert card(desk, referral_id).state is State.REVOKED


def test_what_is_asked_for_anew_meanwhile_is_not_doubled(desk, passing, registrar):
    patient = desk.patient()
    former = desk.sent(patient)
    passing(patient)
    with desk.as_actor(registrar.actor) as session:
        undone(session, patient.id, passing.death_id)
    anew = desk.sent(patient)

    passing.hear(reopen_after_undoing)

    assert (card(desk, former).state, card(desk, anew).state) == (State.REVOKED, State.SUBMITTED)


def test_a_message_that_is_overtaken_changes_nothing(desk, passing, registrar):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    with desk.as_actor(registrar.actor) as session:
        passing.patient, passing.death_id = patient, died(session, patient.id)
    passing.hear(reopen_after_undoing)
    with desk.as_actor(registrar.actor) as session:
        undone(session, patient.id, passing.death_id)

    passing.hear(close_after_death)

    assert card(desk, referral_id).state is State.SUBMITTED


def test_nobody_is_referred_or_booked_who_has_died(desk, passing, registrar):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    with desk.as_actor(registrar.actor) as session:
        died(session, patient.id)

    with pytest.raises(RuleBroken, match="has died"):
        desk.booked(referral_id, desk.slot())
    with pytest.raises(RuleBroken, match="has died"):
        desk.sent(patient, service_code="I-CT")


def test_care_by_referral_ends_with_it_and_returns(desk, passing):
    patient = desk.patient()
    desk.booked(desk.sent(patient), desk.slot())

    def ends(facility_id):
        with desk.as_loader() as session:
            return session.scalar(
                select(CareRelation.ends_at).where(
                    CareRelation.patient_id == patient.id, CareRelation.facility_id == facility_id
                )
            )

    passing(patient)
    assert ends(desk.target_id) <= now()
    assert now() < ends(desk.center_id) < now() + timedelta(days=365)

    passing.back()
    assert ends(desk.center_id) > now() + timedelta(days=36_500)


def test_the_worker_changes_referrals_of_nobody_else(desk, as_worker):
    patient = desk.patient()
    referral_id = desk.sent(patient)

    with as_worker() as session:
        changed = session.execute(
            text("UPDATE dispatch.referral SET version = version + 1 WHERE id = :id"), {"id": referral_id}
        )
    assert changed.rowcount == 0
    with pytest.raises(DBAPIError, match="row-level security"), as_worker() as session:
        session.execute(
            text(
                "INSERT INTO dispatch.referral_event (referral_id, seq, patient_id, from_state, to_state, act, actor_role, reason) "
                "VALUES (:id, 2, :patient, 'submitted', 'revoked', 'referral.revoked', 'worker', 'patient-died')"
            ),
            {"id": referral_id, "patient": patient.id},
        )


def test_notices_stop_and_the_undoing_is_news(desk, passing, as_worker):
    patient = desk.patient()
    passing(patient)

    def kinds():
        with as_worker() as session:
            return session.scalars(select(Notice.kind).where(Notice.patient_id == patient.id)).all()

    passing.hear(add_booking_notice)
    assert kinds() == []
    passing.back()
    passing.hear(add_undone_death_notice)
    passing.hear(add_undone_death_notice)
    assert kinds() == [NoticeKind.UNDONE_DEATH]


def test_pages_tell_the_reason_in_the_reader_s_language_and_the_day(desk, passing, client_for):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    passing(patient)
    browser = client_for(desk.dispatcher.actor)

    page = read(browser.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH))
    browser.set_cookie("language", "ru")
    russian = read(browser.get(f"/dispatch/referrals/{referral_id}"))
    chart = read(client_for(desk.doctor.actor).get(f"/emr/patients/{patient.id}", headers=ENGLISH))

    assert "the death of the patient was recorded" in page
    assert "зарегистрирована смерть пациента" in russian
    assert "died: " in chart
    passing.back()
    own = client_for(patient.actor)
    assert "that was undone" in read(own.get("/my/dispatch", headers=ENGLISH))


def test_the_patient_s_first_page_says_that_it_was_undone(desk, passing, as_worker, client_for):
    patient = desk.patient()
    passing(patient)
    passing.back()
    passing.hear(add_undone_death_notice)

    page = read(client_for(patient.actor).get("/my", headers=ENGLISH))

    assert "Your death had been recorded by mistake" in page
    with as_worker() as session:
        counted = select(func.count()).select_from(Notice).where(Notice.patient_id == patient.id)
        assert session.scalar(counted) == 1
