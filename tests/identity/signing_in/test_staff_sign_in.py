"""Staff sign in by the same protocol; role and place of work come from the staff register alone."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from identity.providers.demo_profiles import demo_profiles
from identity.providers.registry import Providers
from identity.providers.relying_party import RelyingParty
from identity.roles import Role
from identity.sessions.queries.sessions import sign_in_of
from identity.staff.queries import birth_digests
from identity.staff.tables import StaffMember
from tests.identity.journeys import ENGLISH, STAFF_COOKIE
from tests.identity.provider_process import sign_in_with_card, signing_in_through
from tests.pages import filled, offered
from tests.people import give_post

WAY = "/staff/sign-in/demo-desk"


def card_of(provider, member):
    return provider.know(sub=f"sub-{member.id}", snils=member.snils, birth_date="1970-01-01")


def actor_of(browser):
    return sign_in_of(browser.get_cookie(STAFF_COOKIE).value).actor


def test_a_doctor_gets_role_and_facility_from_the_register(client, people, provider):
    doctor = people.doctor()

    answer = sign_in_with_card(client, card_of(provider, doctor), way=WAY)

    assert answer.status_code == 303
    actor = actor_of(client)
    assert (actor.staff_id, actor.facility_id, actor.role) == (doctor.id, doctor.facility_id, "doctor")


def test_a_dispatcher_works_at_the_center(client, people, provider):
    dispatcher = people.dispatcher()

    sign_in_with_card(client, card_of(provider, dispatcher), way=WAY)

    assert (actor_of(client).facility_id, actor_of(client).role) == (people.center(), "dispatcher")


def test_a_doctor_s_card_opens_no_record_of_a_patient(client, people, provider):
    doctor = people.doctor()

    assert sign_in_with_card(client, card_of(provider, doctor)).status_code == 403


def test_a_low_level_opens_no_desk(client, people, provider):
    doctor = people.doctor()

    answer = sign_in_with_card(client, card_of(provider, doctor), way=WAY, level="low")

    assert answer.status_code == 400
    assert client.get_cookie(STAFF_COOKIE) is None


@pytest.fixture
def born(as_loader):
    """Let the register know when a member of staff was born."""

    def told(member, birth_date):
        with as_loader() as session:
            session.execute(
                update(StaffMember)
                .where(StaffMember.id == member.id)
                .values(birth_date_digest=birth_digests(member.snils, birth_date)[0])
            )

    return told


@pytest.mark.parametrize(("birth_date", "status"), [("1970-01-01", 303), ("1970-01-02", 403), ("", 403)])
def test_a_birth_date_that_the_register_knows_must_be_the_same(
    client, people, provider, born, birth_date, status
):
    doctor = people.doctor()
    born(doctor, date(1970, 1, 1))
    card = provider.know(sub=f"sub-{doctor.id}", snils=doctor.snils, birth_date=birth_date or "1970-01-01")
    own = provider.settings
    silent = {} if birth_date else {"birthdate": "/nothing"}
    parties = [
        RelyingParty(replace(each, claims=replace(each.claims, **silent))) for each in demo_profiles(own)
    ]

    with signing_in_through(
        client.application, own, Providers({each.profile.name: each for each in parties})
    ):
        assert sign_in_with_card(client, card, way=WAY).status_code == status


def test_the_same_number_of_another_system_is_nobody_s(client, people, provider):
    doctor = people.doctor()
    card, own = card_of(provider, doctor), provider.settings
    parties = [
        RelyingParty(replace(each, claims=replace(each.claims, national_id_system="urn:oid:1.2.3")))
        for each in demo_profiles(own)
    ]

    with signing_in_through(
        client.application, own, Providers({each.profile.name: each for each in parties})
    ):
        assert sign_in_with_card(client, card, way=WAY).status_code == 403


def test_whoever_has_several_posts_chooses_one(client, people, provider, as_loader):
    doctor, other = people.doctor(), people.facility()
    with as_loader() as session:
        give_post(session, doctor.id, other, Role.DOCTOR)

    answer = sign_in_with_card(client, card_of(provider, doctor), way=WAY)
    before = client.get_cookie(STAFF_COOKIE).value
    page = client.get(answer.location, headers=ENGLISH)
    post_id = offered(page, "post")[-1]
    chosen = client.post("/staff/post", data=filled(page, post=post_id))

    assert answer.location == "/staff/post"
    assert "Choose your place of work" in page.text
    assert chosen.status_code == 303
    assert actor_of(client).facility_id in (doctor.facility_id, other)
    assert actor_of(client).role == "doctor"
    assert client.get_cookie(STAFF_COOKIE).value != before
    assert sign_in_of(before) is None


def test_a_post_of_somebody_else_cannot_be_chosen(client, people, provider, as_loader):
    doctor, stranger = people.doctor(), people.doctor()
    with as_loader() as session:
        give_post(session, doctor.id, people.facility(), Role.DOCTOR)
        foreign = give_post(session, stranger.id, people.facility(), Role.DOCTOR).id
    sign_in_with_card(client, card_of(provider, doctor), way=WAY)
    page = client.get("/staff/post")

    answer = client.post("/staff/post", data=filled(page, post=str(foreign)))

    assert answer.status_code == 422
    assert actor_of(client).facility_id is None


def test_without_a_chosen_post_no_desk_opens(app, client, people, provider, as_loader):
    doctor = people.doctor()
    with as_loader() as session:
        give_post(session, doctor.id, people.facility(), Role.DOCTOR)
    sign_in_with_card(client, card_of(provider, doctor), way=WAY)

    answer = client.get("/emr")

    assert answer.status_code in (303, 308, 404)
    assert answer.status_code != 303 or answer.location == "/staff/post?asked_for=/emr"


def test_a_stranger_is_sent_to_sign_in_before_choosing_a_post(client, provider):
    assert client.get("/staff/post").location == "/staff/sign-in?asked_for=/staff/post"


def test_one_browser_holds_a_citizen_and_a_doctor_apart(client, people, provider):
    doctor, patient = people.doctor(), people.patient()
    sign_in_with_card(client, card_of(provider, doctor), way=WAY)
    citizen = provider.know(
        sub=f"sub-{patient.id}", snils=patient.snils, birth_date=patient.birth_date.isoformat()
    )
    sign_in_with_card(client, citizen)

    client.post("/sign-out")

    assert actor_of(client).staff_id == doctor.id
