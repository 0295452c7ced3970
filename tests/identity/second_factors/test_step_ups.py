"""Before what is sensitive, staff prove anew that it is they; afterwards they are where they were, with what they had typed."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from foundation.clock import now
from foundation.errors import SecondFactorNeeded
from identity.emergencies.tables import Emergency
from identity.roles import Role
from identity.second_factors.enumerations import Occasion
from identity.second_factors.rules.occasions import GIVEN_FOR, is_asked, is_given
from identity.sessions.rules.second_factors import FactorKind, SecondFactor
from identity.sessions.tables.sessions import Session, SessionEnd
from tests.architecture.walking import token_for
from tests.emr.notes.factories import unsigned_note
from tests.identity.emergencies.factories import WORDS, open_record
from tests.identity.journeys import ENGLISH, STAFF_COOKIE
from tests.pages import hidden_fields, read
from tests.people import give_post

CONFIRM = "Confirm that it is you"
NOT_ACCEPTED = "The passkey was not accepted."


@pytest.fixture
def stranger(people):
    return people.patient(cared_for_at=people.facility())


@pytest.fixture
def open_stranger(stranger):
    """Ask for the stranger's record in an emergency."""

    def opened(desk):
        return desk.post(
            "/staff/emergencies",
            snils=stranger.snils,
            birth_date=stranger.birth_date.isoformat(),
            reason="unconscious",
            words=f"{WORDS}\r\nSecond line.",
        )

    return opened


def _sessions(as_administrator, desk):
    """The staff member's sessions that live: how and when a second factor was given in them."""
    with as_administrator() as connection:
        ended = select(SessionEnd.session_id)
        asked = select(Session.second_factor, Session.second_factor_at)
        return connection.execute(
            asked.where(Session.staff_id == desk.staff.id, Session.id.not_in(ended))
        ).all()


def _age(as_administrator, desk, span):
    with as_administrator() as connection:
        connection.execute(
            text(
                "UPDATE identity.session SET second_factor_at = second_factor_at - CAST(:span AS interval) "
                "WHERE staff_id = :staff"
            ),
            {"span": span, "staff": desk.staff.id},
        )


def test_an_emergency_asks_whoever_has_a_passkey(desk, open_stranger, stranger, as_administrator):
    doctor = desk(passkey=True)

    asked = open_stranger(doctor)

    assert asked.status_code == 403
    assert CONFIRM in read(asked)
    with as_administrator() as connection:
        opened = select(Emergency.id).where(Emergency.staff_id == doctor.staff.id)
        assert connection.execute(opened).all() == []


def test_what_was_typed_goes_where_it_was_to_go(desk, open_stranger, stranger, as_administrator):
    doctor = desk(passkey=True)
    page = open_stranger(doctor)
    waiting = hidden_fields(page)
    assert waiting["words"].splitlines() == [WORDS, "Second line."]
    assert 'action="/staff/emergencies"' in page.text

    given = doctor.confirm().get_json()
    answer = doctor.browser.post(
        "/staff/emergencies", data={**waiting, "csrf_token": given["csrf_token"]}, headers=ENGLISH
    )

    assert answer.location == f"/emr/patients/{stranger.id}"
    with as_administrator() as connection:
        words = connection.execute(select(Emergency.words).where(Emergency.patient_id == stranger.id))
        assert words.scalar_one().splitlines() == [WORDS, "Second line."]


def test_no_guard_of_a_form_stands_in_an_address(desk, site):
    doctor = desk(passkey=True)

    page = doctor.browser.get("/staff/passkeys/new?a=1&a=2", headers=ENGLISH)

    assert page.status_code == 403
    form = page.text.partition("<form")[2].partition('data-behaviour="step_up"')[2].partition("</form>")[0]
    assert form.count('name="a"') == 2
    assert 'name="csrf_token"' not in form


def test_the_session_begins_anew_and_the_former_one_is_over(desk, client_for, as_administrator):
    doctor = desk(passkey=True)
    former = doctor.browser.get_cookie(STAFF_COOKIE).value

    doctor.confirm()

    assert doctor.browser.get_cookie(STAFF_COOKIE).value != former
    assert doctor.browser.get("/staff/passkeys").status_code == 200
    ((kind, at),) = _sessions(as_administrator, doctor)
    assert kind == "passkey"
    assert now() - at < timedelta(minutes=1)
    doctor.browser.set_cookie(STAFF_COOKIE, former)
    assert doctor.browser.get("/staff/passkeys").status_code == 303


def test_after_five_minutes_it_is_asked_again(desk, open_stranger, as_administrator):
    doctor = desk(passkey=True)
    doctor.confirm()
    _age(as_administrator, doctor, "5 minutes")

    assert open_stranger(doctor).status_code == 403


def test_a_post_that_is_chosen_takes_it_along(desk, people, as_loader, client_for, as_administrator):
    doctor = desk(passkey=True)
    doctor.confirm()
    with as_loader() as session:
        post = give_post(session, doctor.staff.id, people.facility(), Role.NURSE)
        post_id = post.id

    doctor.post("/staff/post", post=str(post_id))

    ((kind, _),) = _sessions(as_administrator, doctor)
    assert kind == "passkey"


@pytest.mark.parametrize(
    "other", [{"origin": "http://evil.example"}, {"domain": "evil.example"}, {"verifies": False}]
)
def test_an_answer_of_another_place_or_without_its_owner_proves_nothing(desk, as_administrator, other):
    doctor = desk(passkey=True)
    for name, value in other.items():
        setattr(doctor.device, name, value)

    answer = doctor.confirm()

    assert answer.status_code == 409
    assert NOT_ACCEPTED in read(answer)
    assert [*_sessions(as_administrator, doctor)] == [("", None)]


def test_an_answer_to_another_challenge_proves_nothing(desk, as_administrator):
    doctor = desk(passkey=True)
    answer = doctor.device.use(doctor.asked_to_use())
    doctor.asked_to_use()

    assert doctor.confirm(answer).status_code == 409
    assert [*_sessions(as_administrator, doctor)] == [("", None)]


def test_an_answer_proves_it_once(desk):
    doctor = desk(passkey=True)
    answer = doctor.device.use(doctor.asked_to_use())
    assert doctor.confirm(answer).status_code == 200

    assert doctor.confirm(answer).status_code == 409


def test_a_refused_answer_has_spent_its_challenge(desk):
    doctor = desk(passkey=True)
    challenge = doctor.asked_to_use()
    assert doctor.confirm("nonsense").status_code == 409

    assert doctor.confirm(doctor.device.use(challenge)).status_code == 409


def test_what_was_asked_to_add_a_passkey_is_not_answered_by_using_one(desk):
    doctor = desk(passkey=True)

    assert doctor.confirm(doctor.device.use(doctor.asked_to_make())).status_code == 409


def test_a_count_that_goes_back_gives_a_copy_away(desk, as_administrator):
    doctor = desk(passkey=True)
    copy = doctor.device.copied()
    doctor.confirm()
    doctor.confirm()

    answer = doctor.confirm(copy.use(doctor.asked_to_use()))

    assert answer.status_code == 409
    with as_administrator() as connection:
        asked = text("SELECT sign_count FROM identity.passkey WHERE staff_id = :staff")
        assert connection.execute(asked, {"staff": doctor.staff.id}).scalar_one() == 2


def test_another_persons_passkey_proves_nothing(desk, as_administrator):
    doctor, other = desk(passkey=True), desk(passkey=True)

    answer = doctor.confirm(other.device.use(doctor.asked_to_use()))

    assert answer.status_code == 409
    assert [*_sessions(as_administrator, doctor)] == [("", None)]


def test_a_signature_of_another_key_under_the_name_of_ones_own_proves_nothing(desk):
    doctor, other = desk(passkey=True), desk(passkey=True)
    other.device.id = doctor.device.id

    assert doctor.confirm(other.device.use(doctor.asked_to_use())).status_code == 409


def test_another_site_sends_no_answer(desk):
    doctor = desk(passkey=True)
    answer = doctor.device.use(doctor.asked_to_use())

    for address in ("/staff/second-factor", "/staff/second-factor/challenges", "/staff/passkeys/challenges"):
        assert doctor.browser.post(address, data={"credential": answer}).status_code == 422


def test_where_it_is_offered_nobody_without_a_passkey_is_asked(desk, open_stranger, stranger):
    assert open_stranger(desk()).location == f"/emr/patients/{stranger.id}"


def test_where_it_is_required_the_page_says_how_to_get_one(desk, required, open_stranger, stranger):
    doctor = desk()

    page = open_stranger(doctor)

    assert page.status_code == 403
    assert "You have no passkey yet." in read(page)
    assert 'href="/staff/passkeys/new"' in page.text
    waiting = hidden_fields(page)
    assert doctor.add().status_code == 303
    waiting["csrf_token"] = token_for(doctor.browser)
    again = doctor.browser.post("/staff/emergencies", data=waiting, headers=ENGLISH)
    assert "Confirm with a passkey" in read(again)
    token = doctor.confirm().get_json()["csrf_token"]
    done = doctor.browser.post("/staff/emergencies", data={**waiting, "csrf_token": token})
    assert done.location == f"/emr/patients/{stranger.id}"


def test_who_is_in_care_is_opened_without_it(desk, people, required, as_actor):
    doctor = desk(passkey=True)
    patient = people.patient(cared_for_at=doctor.staff.facility_id)

    with as_actor(doctor.staff.actor) as session:
        assert open_record(session, patient) == patient.id


def test_whoever_calls_the_action_is_held_up_as_well(desk, stranger, as_actor):
    doctor = desk(passkey=True)

    with pytest.raises(SecondFactorNeeded), as_actor(doctor.staff.actor) as session:
        open_record(session, stranger)


@pytest.mark.parametrize("occasion", Occasion)
def test_it_counts_to_the_end_of_its_time_and_no_longer(occasion):
    at = now()

    def given(span):
        return is_given(SecondFactor(FactorKind.PASSKEY, at - span), occasion, at=at)

    assert given(timedelta(0))
    assert given(GIVEN_FOR[occasion])
    assert not given(GIVEN_FOR[occasion] + timedelta(seconds=1))
    assert not given(-timedelta(seconds=1))
    assert not is_given(None, occasion, at=at)


@pytest.mark.parametrize(
    ("required", "has_passkey", "occasion", "asked"),
    [
        (False, False, Occasion.EMERGENCY, False),
        (False, True, Occasion.EMERGENCY, True),
        (True, False, Occasion.EMERGENCY, True),
        (True, False, Occasion.PASSKEYS, False),
        (True, True, Occasion.PASSKEYS, True),
    ],
)
def test_whoever_has_a_passkey_is_asked_and_others_where_it_is_required(
    required, has_passkey, occasion, asked
):
    assert is_asked(required=required, has_passkey=has_passkey, occasion=occasion) is asked


def test_a_signature_asks_for_it_too_and_for_an_hour(desk, people, as_actor, as_administrator):
    doctor = desk(passkey=True)
    patient = people.patient(cared_for_at=doctor.staff.facility_id)
    entry_id = unsigned_note(as_actor, doctor.staff, patient.id)
    address = f"/emr/entries/{entry_id}/signature"

    page = doctor.post(address, seen_number="1")
    assert page.status_code == 403
    assert hidden_fields(page)["seen_number"] == "1"
    doctor.confirm()
    _age(as_administrator, doctor, "59 minutes")

    assert doctor.post(address, seen_number="1").location == f"/emr/patients/{patient.id}"
