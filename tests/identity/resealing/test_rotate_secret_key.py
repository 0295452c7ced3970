"""The service's secret is changed while everything runs: whoever was found and could sign in before, is and can after."""

import json
from datetime import date

import pytest
from sqlalchemy import text

import app_factory
from foundation import sealing
from foundation.clock import today
from foundation.postgres.roles import LOADER
from foundation.sealing import current_head, keyed_digest, set_key, unseal
from identity.access.enumerations import Scope
from identity.grants.actions import offer_right
from identity.grants.queries import offer_to_reader, own_offer
from identity.grants.rules import NewOffer
from identity.guardians.queries import guardians_of_patient
from identity.patients.queries.patients import find_patients, known_patient
from identity.patients.tables import SEALED_AS
from identity.people.rules.snils import SNILS_SYSTEM
from identity.resealing import actions
from identity.resealing.queries import staff_only_digested
from identity.staff.actions import enter_staff
from identity.staff.queries import staff_by_identifier, staff_who_signs_in
from tests.conftest import SECRET
from tests.connections import own_connections
from tests.identity.guardians.guarding import Guarding
from tests.people import new_snils

NEXT = "the next secret of the tests, never for anything else"


@pytest.fixture(autouse=True)
def own_keys(app, as_loader):
    """As it was when the test is over, whatever it left; and with it whatever stood in the database."""
    before = dict(sealing._keys)
    yield
    set_key(SECRET, NEXT)
    for reseal in (
        actions.reseal_patient_identifiers,
        actions.reseal_staff,
        actions.reseal_delegation_offers,
        actions.reseal_guardianships,
    ):
        with as_loader() as session:
            reseal(session, None)
    sealing._keys.clear()
    sealing._keys.update(before)


@pytest.fixture
def rotate(app, settings, postgres):
    """`rotate()` as an operator runs it, with the next secret and the present one beside it."""
    changed = {"secret_key": NEXT, "further_secret_key": SECRET, "database_url": postgres.url(LOADER)}

    def run(**other):
        made = app_factory.create_app(settings.model_copy(update={**changed, **other}))
        with own_connections():
            return made.test_cli_runner().invoke(args=["rotate-secret-key"])

    return run


@pytest.fixture
def sealed_of(as_administrator):
    def asked(patient_id):
        with as_administrator() as connection:
            return bytes(
                connection.execute(
                    text("SELECT value_sealed FROM identity.patient_identifier WHERE patient_id = :id"),
                    {"id": patient_id},
                ).scalar_one()
            )

    return asked


def test_before_between_and_after_everybody_is_found(people, as_actor, as_loader, rotate, sealed_of):
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    told = {
        "snils": new_snils(),
        "family_name": "Врачова",
        "given_name": "Ирина",
        "position_en": "Surgeon",
        "position_ru": "Хирург",
        "birth_date": date(1980, 5, 3),
    }
    with as_loader() as session:
        enter_staff(session, [told])

    def found():
        with as_actor(doctor.actor) as session:
            [card] = find_patients(session, text=patient.snils).patients
            signs_in = [
                staff_who_signs_in(
                    session, system=SNILS_SYSTEM, value=told["snils"], birth_date=date(1980, 5, day)
                )
                for day in (3, 4)
            ]
        with as_loader() as session:
            known = known_patient(session, system=SNILS_SYSTEM, value=patient.snils)
        return card.id == known == patient.id, card.snils_masked, [each is not None for each in signs_in]

    before = found()
    assert before[0] and before[2] == [True, False]
    set_key(NEXT, SECRET)
    assert found() == before

    result = rotate()

    account = json.loads(result.stdout.splitlines()[-1])
    assert account["patient_identifiers"]["resealed"] >= 1
    assert account["patient_identifiers"]["unopened"] == 0
    assert found() == before
    set_key(NEXT)
    assert found() == before
    assert sealed_of(patient.id).startswith(current_head())
    assert unseal(sealed_of(patient.id), SEALED_AS) == patient.snils


def test_an_offer_is_found_and_a_guardian_s_paper_read_after_the_change(people, as_actor, rotate):
    giver, friend, guarding = people.patient(), people.patient(), Guarding(people, as_actor)
    new = NewOffer(
        snils=friend.snils, birth_date=friend.birth_date, scopes=tuple(Scope), last_day=today(), words=""
    )
    with as_actor(giver.actor) as session:
        offered = offer_right(session, new)
    guarding.enter(number="77-А/2026")
    set_key(NEXT, SECRET)

    account = json.loads(rotate().stdout.splitlines()[-1])
    set_key(NEXT)

    assert account["delegation_offers"]["resealed"] >= 1
    assert account["guardianships"]["resealed"] >= 1
    with as_actor(friend.actor) as session:
        assert offer_to_reader(session, offered).patient_id == giver.id
    with as_actor(giver.actor) as session:
        assert own_offer(session, offered).snils_masked.endswith(friend.snils[-2:])
    with as_actor(guarding.registrar.actor) as session:
        assert guardians_of_patient(session, guarding.ward.id).cards[0].number == "77-А/2026"


def test_it_goes_on_where_it_stopped_and_leaves_lines(people, as_loader, sealed_of, monkeypatch):
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    patients = [people.patient() for _ in range(3)]
    set_key(NEXT, SECRET)

    with as_loader() as session:
        first = actions.reseal_patient_identifiers(session, None)
    with as_loader() as session:
        again = actions.reseal_patient_identifiers(session, None)

    assert (first.resealed, again.resealed) == (1, 1)
    assert first.last != again.last
    monkeypatch.setattr(actions, "AT_ONCE", 10_000)
    with as_loader() as session:
        actions.reseal_patient_identifiers(session, None)
    with as_loader() as session:
        assert actions.reseal_patient_identifiers(session, None).last is None
    assert all(sealed_of(each.id).startswith(current_head()) for each in patients)


def test_every_portion_leaves_its_line_in_the_audit(people, as_loader, as_administrator):
    people.patient()
    set_key(NEXT, SECRET)
    with as_loader() as session:
        portion = actions.reseal_patient_identifiers(session, None)

    with as_administrator() as connection:
        last = connection.execute(
            text(
                "SELECT object_kind, reason, patient_id FROM foundation.audit_event "
                "WHERE act = 'identifiers.resealed' ORDER BY id DESC LIMIT 1"
            )
        ).one()
    assert tuple(last) == ("patient_identifier", str(portion.resealed), None)


def test_who_is_only_digested_is_digested_anew_by_the_register_s_table(people, as_loader, as_administrator):
    doctor = people.doctor()
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.staff_member SET national_identifier_sealed = NULL WHERE id = :id"),
            {"id": doctor.id},
        )
    set_key(NEXT, SECRET)
    told = {
        "snils": doctor.snils,
        "family_name": "Докторов",
        "given_name": "Иван",
        "position_en": "General practitioner",
        "position_ru": "Врач общей практики",
    }

    with as_loader() as session:
        assert staff_only_digested(session) >= 1
        entered = enter_staff(session, [told])

    assert entered.added == 0
    set_key(NEXT)
    with as_loader() as session:
        found = staff_by_identifier(session, doctor.snils)
    assert found is not None and found.id == doctor.id


def signs_in(session, told):
    who = staff_who_signs_in(
        session, system=SNILS_SYSTEM, value=told["snils"], birth_date=told.get("birth_date", date(1980, 5, 3))
    )
    return who is not None


def test_who_was_loaded_by_a_process_of_before_is_rotated_again(as_loader, rotate):
    """Its keys stand in the old order still: it digests and seals under the one that is to go."""
    told = {
        "snils": new_snils(),
        "family_name": "Врачова",
        "given_name": "Ирина",
        "position_en": "Surgeon",
        "position_ru": "Хирург",
        "birth_date": date(1980, 5, 3),
    }
    set_key(NEXT, SECRET)
    with as_loader() as session:
        enter_staff(session, [told])
    set_key(SECRET, NEXT)
    with as_loader() as session:
        enter_staff(session, [{name: value for name, value in told.items() if name != "birth_date"}])
        assert signs_in(session, told)

    account = json.loads(rotate().stdout.splitlines()[-1])

    assert account["staff_members"]["resealed"] >= 1
    set_key(NEXT)
    with as_loader() as session:
        assert signs_in(session, told)
        assert not signs_in(session, told | {"birth_date": date(1980, 5, 4)})


def test_a_birth_date_that_is_only_digested_keeps_its_member_in_the_rotation_s_account(
    people, as_loader, as_administrator
):
    """Sealed without it, nobody would ever digest it anew, and the member could not sign in one day."""
    told = {
        "snils": new_snils(),
        "family_name": "Докторов",
        "given_name": "Иван",
        "position_en": "Surgeon",
        "position_ru": "Хирург",
        "birth_date": date(1980, 5, 3),
    }
    with as_loader() as session:
        enter_staff(session, [told])
    with as_administrator() as connection:
        connection.execute(
            text(
                "UPDATE identity.staff_member SET national_identifier_sealed = NULL "
                "WHERE national_identifier_digest = :digest"
            ),
            {"digest": keyed_digest(told["snils"])},
        )
    set_key(NEXT, SECRET)
    with as_loader() as session:
        before = staff_only_digested(session)
        enter_staff(session, [{name: value for name, value in told.items() if name != "birth_date"}])
        assert staff_only_digested(session) == before
        enter_staff(session, [told])
        assert staff_only_digested(session) == before - 1

    set_key(NEXT)
    with as_loader() as session:
        assert signs_in(session, told)


def test_without_the_key_of_before_it_says_what_is_missing(rotate):
    result = rotate(further_secret_key="")

    assert result.exit_code == 2
    assert "FURTHER_SECRET_KEY is not set" in result.stderr


def test_a_form_that_was_opened_under_the_former_key_is_taken(app, client_for, people, monkeypatch):
    from tests.pages import filled

    browser = client_for(people.doctor().actor)
    form = filled(browser.get("/emr"), text="Никого Нет")
    before = app.extensions["settings"]
    monkeypatch.setitem(
        app.extensions,
        "settings",
        before.model_copy(update={"secret_key": NEXT, "further_secret_key": before.secret_key}),
    )

    assert browser.post("/emr/searches", data=form).status_code == 303
    monkeypatch.setitem(app.extensions, "settings", before.model_copy(update={"secret_key": NEXT}))
    assert browser.post("/emr/searches", data=form).status_code == 422
