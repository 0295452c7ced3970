"""Care by referral lasts as long as the work on it: no booking opens a record for ever, none that was a mistake opens it at all."""

from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from dispatch_backend.bookings.rules.care import AFTER_VISIT, treating_until
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral, HistoricalStep
from dispatch_backend.loading.actions.load_referrals import load_referrals
from dispatch_backend.referrals.actions.referrals import revoke_referral
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.referrals.rules.care import AFTER_LAST_REFERRAL, dispatching_until
from dispatch_backend.services.enumerations import Priority
from emr.chart.actions import open_chart
from foundation.clock import now
from foundation.errors import NotAllowed, NotFound
from identity.patients.queries.patients import find_patients, patient_card

SHORTLY = timedelta(hours=2)
SCAN = "I-CT"


def test_a_facility_cares_until_ninety_days_after_its_last_visit():
    at = now()

    assert treating_until([]) is None
    assert treating_until([at, at - timedelta(days=5)]) == at + timedelta(days=90)


def test_the_center_cares_until_thirty_days_after_the_last_referral():
    at = now()

    assert dispatching_until(last_ended_at=at) == at + timedelta(days=30)


@pytest.fixture
def pass_time(as_administrator):
    """`pass_time(patient, timedelta)` draws the ends of the patient's care so much nearer."""

    def passed(patient, length):
        with as_administrator() as connection:
            connection.execute(
                text(
                    "UPDATE identity.care_relation SET ends_at = ends_at - :length "
                    "WHERE patient_id = :id AND ends_at < 'infinity'"
                ),
                {"length": length, "id": patient.id},
            )

    return passed


@pytest.fixture
def treating(desk, people):
    """A doctor of the facility that treats."""
    return people.doctor(facility_id=desk.target_id)


@pytest.fixture
def acts(as_administrator):
    """`acts(patient)` are what the patient reads of care, in order, with the facilities."""

    def read(patient):
        with as_administrator() as connection:
            rows = connection.execute(
                text(
                    "SELECT act, object_id FROM foundation.audit_event "
                    "WHERE patient_id = :id AND act LIKE 'care.%' AND actor_kind = 'staff' ORDER BY id"
                ),
                {"id": patient.id},
            )
            return [tuple(row) for row in rows]

    return read


def _at_work(desk, staff):
    return desk.as_actor(staff.actor)


def _visited(desk):
    """A patient whose visit has no outcome yet, and its booking."""
    referral_id, booking_id = desk.visited()
    with _at_work(desk, desk.dispatcher) as session:
        card = referral_to_read(session, referral_id)
        return patient_card(session, card.patient_id), booking_id


def _cancelled(desk, booking_id, *, revoke=False):
    with _at_work(desk, desk.dispatcher) as session:
        cancel_booking(session, booking_id, reason="Mistaken", revoke=revoke)


def _told(desk, booking_id, outcome, recorder):
    with _at_work(desk, recorder) as session:
        record_outcome(session, booking_id, outcome=outcome)


def _revoked(desk, referral_id, by):
    with _at_work(desk, by) as session:
        revoke_referral(session, referral_id, reason="Recovered")


def _sees(desk, reader, patient) -> bool:
    try:
        with _at_work(desk, reader) as session:
            patient_card(session, patient.id)
    except NotFound:
        return False
    return True


def test_book_and_cancel_gives_the_other_facility_s_doctor_nothing(desk, treating, client_for, walled):
    patient = desk.patient(family_name="Мимолётная")
    _cancelled(desk, desk.booked(desk.sent(patient), desk.slot()))
    browser = client_for(treating.actor)
    walled()

    with _at_work(desk, treating) as session:
        found = find_patients(session, text="Мимолётная").patients
    with pytest.raises(NotFound), _at_work(desk, treating) as session:
        open_chart(session, patient.id)

    assert patient.id not in [card.id for card in found]
    assert browser.get(f"/emr/patients/{patient.id}").status_code == 404
    assert not _sees(desk, treating, patient)


def test_a_booking_cancelled_with_its_referral_gives_nothing_either(desk, treating):
    patient = desk.patient()

    _cancelled(desk, desk.booked(desk.sent(patient), desk.slot()), revoke=True)

    assert not _sees(desk, treating, patient)
    assert _sees(desk, desk.dispatcher, patient)


def test_a_second_live_booking_there_keeps_the_patient_there_until_after_its_visit(desk, treating, pass_time):
    patient = desk.patient()
    soon = desk.booked(desk.sent(patient, service_code=SCAN), desk.slot(service_code=SCAN))
    late = desk.booked(desk.sent(patient), desk.slot(starts_in=timedelta(days=10)))

    _cancelled(desk, soon)
    assert _sees(desk, treating, patient)
    pass_time(patient, timedelta(days=10) + AFTER_VISIT - SHORTLY)
    assert _sees(desk, treating, patient)
    _cancelled(desk, late)

    assert not _sees(desk, treating, patient)


def test_the_later_of_two_visits_cancelled_shortens_care_to_the_earlier(desk, treating, pass_time):
    patient = desk.patient()
    desk.booked(desk.sent(patient, service_code=SCAN), desk.slot(service_code=SCAN))
    late = desk.booked(desk.sent(patient), desk.slot(starts_in=timedelta(days=10)))

    _cancelled(desk, late)
    pass_time(patient, timedelta(days=3) + AFTER_VISIT)

    assert not _sees(desk, treating, patient)


def test_rebooked_elsewhere_the_patient_is_seen_there_alone(desk, people, treating):
    patient, elsewhere = desk.patient(), people.doctor()
    referral_id = desk.sent(patient)
    _cancelled(desk, desk.booked(referral_id, desk.slot()))

    desk.booked(referral_id, desk.slot(facility_id=elsewhere.facility_id))

    assert _sees(desk, elsewhere, patient)
    assert not _sees(desk, treating, patient)


def test_booked_there_again_the_patient_is_seen_again(desk, treating, acts):
    patient = desk.patient()
    referral_id, slot_id = desk.sent(patient), desk.slot()
    _cancelled(desk, desk.booked(referral_id, slot_id))

    desk.booked(referral_id, slot_id)

    assert _sees(desk, treating, patient)
    assert acts(patient) == [
        ("care.begun", desk.center_id),
        ("care.begun", desk.target_id),
        ("care.ended", desk.target_id),
        ("care.begun", desk.target_id),
    ]


@pytest.mark.parametrize("by_whom", ["dispatcher", "treating"])
def test_a_served_patient_stays_in_care_for_ninety_days(desk, treating, pass_time, by_whom):
    patient, booking_id = _visited(desk)
    recorder = treating if by_whom == "treating" else desk.dispatcher

    _told(desk, booking_id, Outcome.SERVED, recorder)
    pass_time(patient, AFTER_VISIT - SHORTLY)
    assert _sees(desk, treating, patient)
    pass_time(patient, SHORTLY)

    assert not _sees(desk, treating, patient)


@pytest.mark.parametrize("by_whom", ["dispatcher", "treating"])
def test_who_did_not_come_is_not_in_care_there(desk, treating, by_whom):
    patient, booking_id = _visited(desk)

    _told(desk, booking_id, Outcome.NO_SHOW, treating if by_whom == "treating" else desk.dispatcher)

    assert not _sees(desk, treating, patient)
    assert _sees(desk, desk.dispatcher, patient)


def test_an_earlier_visit_there_outlasts_a_later_booking_that_was_cancelled(desk, treating):
    patient, booking_id = _visited(desk)
    _told(desk, booking_id, Outcome.SERVED, desk.dispatcher)

    _cancelled(desk, desk.booked(desk.sent(patient), desk.slot()))

    assert _sees(desk, treating, patient)


def test_a_doctor_of_another_facility_does_not_tell_whether_the_patient_came(desk):
    _referral_id, booking_id = desk.visited()

    with pytest.raises(NotAllowed):
        _told(desk, booking_id, Outcome.SERVED, desk.doctor)


def test_care_on_another_basis_is_untouched(desk, people, treating):
    patient = people.patient(cared_for_at=desk.target_id)
    desk.doctor = treating

    _cancelled(desk, desk.booked(desk.sent(patient), desk.slot()), revoke=True)

    assert _sees(desk, treating, patient)


@pytest.mark.parametrize("by_whom", ["dispatcher", "doctor"])
def test_the_center_loses_a_closed_patient_after_thirty_days(desk, pass_time, client_for, walled, by_whom):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    address = f"/dispatch/referrals/{referral_id}"
    browser = client_for(desk.dispatcher.actor)

    _revoked(desk, referral_id, getattr(desk, by_whom))
    pass_time(patient, AFTER_LAST_REFERRAL - SHORTLY)
    assert browser.get(address).status_code == 200
    pass_time(patient, SHORTLY)
    walled()

    assert browser.get(address).status_code == 404
    assert not _sees(desk, desk.dispatcher, patient)
    with pytest.raises(NotFound), _at_work(desk, desk.dispatcher) as session:
        referral_to_read(session, referral_id)


def test_a_new_referral_lets_the_center_in_again(desk, pass_time, acts):
    patient = desk.patient()
    _revoked(desk, desk.sent(patient), desk.doctor)
    pass_time(patient, AFTER_LAST_REFERRAL)

    referral_id = desk.sent(patient)

    with _at_work(desk, desk.dispatcher) as session:
        assert referral_to_read(session, referral_id).patient_id == patient.id
    pass_time(patient, AFTER_LAST_REFERRAL)
    assert _sees(desk, desk.dispatcher, patient)
    assert acts(patient) == [
        ("care.begun", desk.center_id),
        ("care.limited", desk.center_id),
        ("care.begun", desk.center_id),
    ]


def test_the_center_keeps_a_patient_of_whom_another_referral_is_open(desk, pass_time):
    patient = desk.patient()
    first, _second = desk.sent(patient), desk.sent(patient, service_code=SCAN)

    _revoked(desk, first, desk.dispatcher)
    pass_time(patient, AFTER_LAST_REFERRAL)

    assert _sees(desk, desk.dispatcher, patient)


def test_the_visit_that_closes_the_last_referral_limits_the_center_too(desk, treating, pass_time):
    patient, booking_id = _visited(desk)

    _told(desk, booking_id, Outcome.SERVED, treating)
    pass_time(patient, AFTER_LAST_REFERRAL)

    assert not _sees(desk, desk.dispatcher, patient)
    assert _sees(desk, treating, patient)


def test_the_patient_reads_that_care_began_and_ended(desk, client_for):
    patient = desk.patient()
    _cancelled(desk, desk.booked(desk.sent(patient), desk.slot()), revoke=True)

    page = client_for(patient.actor).get("/my/access", headers={"Accept-Language": "en"}).text

    assert page.count("From now on a clinic may see your record") == len(("home", "center", "target"))
    assert page.count("A clinic may no longer see your record by referral") == 1
    assert page.count("A clinic may see your record by referral only for some time yet") == 1


AGO = timedelta(days=200)


@pytest.mark.parametrize(
    ("acts_of_old", "visited", "center_sees", "treating_sees"),
    [
        ((Act.SENT, Act.BOOKED, Act.SERVED), AGO, False, False),
        ((Act.SENT, Act.BOOKED, Act.SERVED), AFTER_VISIT - SHORTLY, False, True),
        ((Act.SENT, Act.BOOKED, Act.SERVED), AFTER_LAST_REFERRAL - SHORTLY, True, True),
        ((Act.SENT, Act.BOOKED, Act.MISSED), AGO, True, False),
        ((Act.SENT, Act.BOOKED, Act.BOOKING_CANCELLED), AGO, True, False),
        ((Act.SENT, Act.BOOKED, Act.REVOKED), AGO, False, False),
        ((Act.SENT, Act.BOOKED), timedelta(hours=1), True, True),
        ((Act.SENT,), AGO, True, False),
    ],
)
def test_loaded_histories_end_by_the_same_rule(
    desk, treating, acts_of_old, visited, center_sees, treating_sees
):
    patient = desk.patient()

    with desk.as_loader() as session:
        load_referrals(session, [_past(desk, patient, acts_of_old, visited)])

    assert _sees(desk, desk.dispatcher, patient) == center_sees
    assert _sees(desk, treating, patient) == treating_sees


def test_care_that_was_begun_without_an_end_gets_the_same_by_migration(desk, as_administrator):
    rule = import_module("migrations.versions.0012_old_care_by_referral_ends")
    patient, other = desk.patient(), desk.patient()
    served = _past(desk, patient, (Act.SENT, Act.BOOKED, Act.SERVED), timedelta(days=40))
    missed = _past(desk, other, (Act.SENT, Act.BOOKED, Act.MISSED), timedelta(days=40))
    with desk.as_loader() as session:
        load_referrals(session, [served, missed])
    ours = {"ids": [patient.id, other.id]}
    asked = text(
        "SELECT patient_id, facility_id, basis, CASE WHEN ends_at > now() THEN ends_at END "
        "FROM identity.care_relation WHERE patient_id = ANY(:ids) ORDER BY 1, 2, 3"
    )

    with as_administrator() as connection, connection.begin_nested() as attempt:
        by_rule = connection.execute(asked, ours).all()
        connection.execute(
            text("UPDATE identity.care_relation SET ends_at = 'infinity' WHERE patient_id = ANY(:ids)"), ours
        )
        for statement in (rule.TREATING, rule.DISPATCHING):
            connection.execute(text(statement))
        migrated = connection.execute(asked, ours).all()
        attempt.rollback()

    # The Center's care of the served patient ended ten days ago in either case; the missed visit's with the visit.
    assert migrated == by_rule
    assert sum(ends_at is None for *_, ends_at in migrated) == 2


@pytest.mark.parametrize("together", [True, False])
def test_of_several_loaded_histories_the_longest_care_counts(desk, treating, together):
    patient = desk.patient()
    closed = _past(desk, patient, (Act.SENT, Act.BOOKED, Act.SERVED), AGO)
    booked = _past(desk, patient, (Act.SENT, Act.BOOKED), timedelta(hours=1))

    for load in [[booked, closed]] if together else [[closed], [booked], []]:
        with desk.as_loader() as session:
            load_referrals(session, load)

    assert _sees(desk, desk.dispatcher, patient)
    assert _sees(desk, treating, patient)


def _past(desk, patient, acts_of_old, visited):
    """A history whose visit was to end so long ago; what came after it came then."""
    slot = desk.offered(starts_in=-visited - timedelta(minutes=20))
    by = {Act.SENT: (desk.doctor, "doctor")}
    moments = (slot.starts_at - timedelta(days=3), slot.starts_at - timedelta(days=2), slot.ends_at)
    steps = []
    for act, at in zip(acts_of_old, moments, strict=False):
        staff, role = by.get(act, (desk.dispatcher, "dispatcher"))
        booked = slot if act is Act.BOOKED else None
        steps.append(HistoricalStep(act, at, role, staff.id, staff.facility_id, slot=booked))
    return HistoricalReferral(patient.id, "C-CARD", "Chest pain", "I20.8", Priority.PLANNED, steps)
