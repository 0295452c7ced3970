"""A person hides one entry: it opens to whoever wrote it, the treating team and an emergency alone, until it is shown again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from emr.entries.enumerations import Kind
from emr.entries.tables.entries import EntryVersion
from emr.hidings.actions import hide_entry, show_entry
from emr.hidings.queries import entry_to_hide, own_hidings
from emr.hidings.tables import HidingRule
from emr.notes.actions.notes import save_note
from emr.notes.actions.signatures import sign_entry
from emr.sensitivity.actions import relabel
from emr.teams.queries import team_to_change
from foundation.actor import Actor, ActorKind
from foundation.clock import today
from foundation.errors import NotFound, RuleBroken
from identity.access.enumerations import CareBasis
from identity.delegations.enumerations import DelegationKind
from identity.roles import Role
from tests.emr.fhir_import.factories import bundle, entry, imported_patient, patient_resource
from tests.emr.notes.factories import note, signed_note, unsigned_note
from tests.emr.sensitivity.test_inherited_labels import data, letter
from tests.emr.sensitivity.test_labels import SAD, everywhere, restrictions, sees, treats
from tests.identity.delegations.acting import Acting
from tests.identity.emergencies.factories import open_record
from tests.pages import read

HIDDEN = "hidden-by-patient"


@pytest.fixture
def colleague(people, doctor):
    return people.doctor(facility_id=doctor.facility_id)


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


@pytest.fixture
def written(as_actor, doctor, patient):
    return signed_note(as_actor, doctor, patient.id)


@pytest.fixture
def hide(as_actor):
    def hidden(patient, entry_id):
        with as_actor(patient.actor) as session:
            return hide_entry(session, entry_id)

    return hidden


@pytest.fixture
def show(as_actor):
    def shown(patient, entry_id):
        with as_actor(patient.actor) as session:
            return show_entry(session, entry_id)

    return shown


def test_it_opens_to_its_author_and_the_patient_and_not_to_a_colleague_until_it_is_shown_again(
    as_actor, doctor, colleague, patient, written, hide, show, walled
):
    before = sees(as_actor, colleague, patient, written)
    hide(patient, written)
    walled()
    while_hidden = [sees(as_actor, each, patient, written) for each in (doctor, colleague)]
    with as_actor(patient.actor) as session:
        own = entry_to_hide(session, written)
    show(patient, written)

    assert before
    assert while_hidden == [True, False]
    assert own.hiding.lifted_at is None
    assert sees(as_actor, colleague, patient, written)


def test_it_opens_to_whoever_treats_in_person(as_actor, as_loader, colleague, patient, written, hide, walled):
    hide(patient, written)
    treats(as_loader, patient, colleague, CareBasis.TEAM)
    walled()

    assert sees(as_actor, colleague, patient, written)


def test_it_opens_in_an_emergency_to_whoever_opens_the_record(
    as_actor, colleague, people, doctor, patient, written, hide, walled
):
    hide(patient, written)
    with as_actor(colleague.actor) as session:
        open_record(session, patient, withheld=True)
    walled()

    assert sees(as_actor, colleague, patient, written)
    assert not sees(as_actor, people.doctor(facility_id=doctor.facility_id), patient, written)


def test_a_chart_does_not_betray_it(as_actor, colleague, patient, doctor, client_for, hide):
    browser = client_for(colleague.actor)
    before = read(browser.get(f"/emr/patients/{patient.id}"))
    written = signed_note(as_actor, doctor, patient.id)
    shown = read(browser.get(f"/emr/patients/{patient.id}"))

    hide(patient, written)

    assert shown != before
    assert read(browser.get(f"/emr/patients/{patient.id}")) == before
    foreign = browser.get(f"/emr/entries/{written}")
    absent = browser.get(f"/emr/entries/{uuid4()}")
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert read(foreign) == read(absent)


def test_nothing_tells_its_author_that_it_is_hidden(doctor, patient, written, client_for, hide):
    browser = client_for(doctor.actor)
    pages = (f"/emr/patients/{patient.id}", f"/emr/entries/{written}", f"/emr/patients/{patient.id}/team")
    before = [read(browser.get(each)) for each in pages]

    hide(patient, written)

    assert [read(browser.get(each)) for each in pages] == before


def test_whoever_wrote_what_is_merely_hidden_takes_nobody_into_the_team(
    as_actor, doctor, patient, written, hide
):
    hide(patient, written)
    with as_actor(doctor.actor) as session:
        assert not team_to_change(session, patient.id).changeable
    labelled = signed_note(as_actor, doctor, patient.id, **SAD)
    hide(patient, labelled)

    with as_actor(doctor.actor) as session:
        assert team_to_change(session, patient.id).changeable


def test_a_further_signed_version_stays_hidden(
    as_actor, doctor, colleague, patient, written, hide, engines, walled
):
    hide(patient, written)
    with as_actor(doctor.actor) as session:
        save_note(session, written, note=note(plan="Антибиотик"), seen_number=1, reason="Посев")
        sign_entry(session, written, seen_number=2)
    walled()

    assert restrictions(engines, written) == everywhere([HIDDEN], versions=2)
    assert not sees(as_actor, colleague, patient, written)


def test_labels_and_hiding_leave_each_other_alone(
    as_actor, as_loader, doctor, patient, written, hide, show, engines
):
    hide(patient, written)
    with as_actor(doctor.actor) as session:
        save_note(session, written, note=note(**SAD), seen_number=1, reason="Уточнение")
        sign_entry(session, written, seen_number=2)
    both = restrictions(engines, written)
    with as_loader() as session:
        relabel(session)
    relabelled = restrictions(engines, written)
    show(patient, written)

    assert both == relabelled == everywhere(["PSY", HIDDEN], versions=2)
    assert restrictions(engines, written) == everywhere(["PSY"], versions=2)


def citizen(patient_id):
    """Who has that record, which another system sent."""
    return Actor(ActorKind.CITIZEN, account_id=uuid4(), patient_id=patient_id, role=Role.PATIENT.value)


@pytest.fixture
def arrives(as_loader, people):
    """`arrives(sender, *entries)`: whose record a bundle of the sender made, and its entries by type."""

    def came(sender, *entries):
        person = entry(patient_resource(), f"{sender}/Patient/1")
        patient_id = imported_patient(as_loader, bundle(person, *entries), facility_id=people.facility())
        told = {}
        with as_loader() as session:
            for each in session.scalars(select(EntryVersion).where(EntryVersion.patient_id == patient_id)):
                told.setdefault(each.content["resourceType"], []).append(each.entry_id)
        return patient_id, told

    return came


def test_a_hidden_entry_hides_the_bytes_that_it_holds_until_no_other_that_is_hidden_holds_them(
    arrives, as_actor, engines
):
    sender = f"https://{uuid4()}.example"
    patient_id, told = arrives(sender, letter(sender), letter(sender, number=2), data(sender))
    [one, other], [held] = told["DocumentReference"], told["Binary"]
    with as_actor(citizen(patient_id)) as session:
        hide_entry(session, one)
        hide_entry(session, other)
        show_entry(session, one)
    still = restrictions(engines, held)
    with as_actor(citizen(patient_id)) as session:
        show_entry(session, other)

    assert still == everywhere([HIDDEN])
    assert restrictions(engines, held) == everywhere(None)


@pytest.mark.parametrize("asked", ["the application", "the database"])
def test_allergies_are_never_hidden(arrives, as_actor, engines, asked):
    sender = f"https://{uuid4()}.example"
    allergy = {
        "resourceType": "AllergyIntolerance",
        "code": {"text": "Пенициллин"},
        "patient": {"reference": f"{sender}/Patient/1"},
    }
    patient_id, told = arrives(sender, entry(allergy, f"{sender}/AllergyIntolerance/1"))
    [entry_id] = told["AllergyIntolerance"]

    with as_actor(citizen(patient_id)) as session:
        if asked == "the application":
            with pytest.raises(RuleBroken, match="cannot be hidden"):
                hide_entry(session, entry_id)
        else:
            assert session.scalar(select(func.emr.hide_entry(uuid4(), entry_id))) == "kept"

    assert restrictions(engines, entry_id) == everywhere(None)


def test_of_every_kind_it_is_said_whether_it_may_be_hidden_and_why(as_loader):
    with as_loader() as session:
        rules = {each.kind: each for each in session.scalars(select(HidingRule))}

    assert rules.keys() == set(Kind)
    assert {kind for kind, each in rules.items() if not each.hidable} == {Kind.ALLERGY}
    assert all(each.basis_en and each.basis_ru for each in rules.values())


def test_a_kind_whose_rule_has_ended_is_not_hidden(as_actor, engines, patient, written):
    with engines["administrator"].begin() as connection:
        connection.execute(text("UPDATE emr.hiding_rule SET valid_to = current_date - 1 WHERE kind = 'note'"))
    try:
        with pytest.raises(RuleBroken, match="cannot be hidden"), as_actor(patient.actor) as session:
            hide_entry(session, written)
    finally:
        with engines["administrator"].begin() as connection:
            connection.execute(text("UPDATE emr.hiding_rule SET valid_to = 'infinity' WHERE kind = 'note'"))


def test_hidden_twice_and_shown_twice_changes_nothing(as_actor, patient, written, hide, show):
    for step in (hide, hide, show, show, hide):
        step(patient, written)

    with as_actor(patient.actor) as session:
        own = own_hidings(session)
    assert [len(own.standing), len(own.over)] == [1, 1]


def test_another_s_entry_is_as_one_that_is_not_there(
    as_actor, people, patient, written, hide, engines, walled
):
    stranger = people.patient()
    hide(patient, written)
    walled()

    for entry_id in (written, uuid4()):
        for step in (hide_entry, show_entry):
            with pytest.raises(NotFound, match="no such entry"), as_actor(stranger.actor) as session:
                step(session, entry_id)
        with as_actor(stranger.actor) as session:
            assert session.scalar(select(func.emr.hide_entry(uuid4(), entry_id))) == "absent"
            assert session.scalar(select(func.emr.show_entry(entry_id))) == "absent"
            assert own_hidings(session).standing == []
    assert restrictions(engines, written) == everywhere([HIDDEN])


def test_what_is_not_signed_is_not_there(as_actor, doctor, patient):
    entry_id = unsigned_note(as_actor, doctor, patient.id)

    with as_actor(patient.actor) as session:
        assert session.scalar(select(func.emr.hide_entry(uuid4(), entry_id))) == "absent"
        with pytest.raises(NotFound):
            hide_entry(session, entry_id)


def test_staff_hide_and_show_nothing(as_actor, doctor, patient, written, hide):
    hide(patient, written)
    for step in (hide_entry, show_entry):
        with pytest.raises(NotFound), as_actor(doctor.actor) as session:
            step(session, written)
    for asked in (func.emr.hide_entry(uuid4(), written), func.emr.show_entry(written)):
        with (
            pytest.raises(ProgrammingError, match="not the actor's to hide"),
            as_actor(doctor.actor) as session,
        ):
            session.scalar(select(asked))


@pytest.mark.parametrize(
    ("kind", "years", "may"),
    [
        (DelegationKind.GRANT, 40, False),
        (DelegationKind.GUARDIAN, 40, True),
        (DelegationKind.PARENT, 9, True),
        (DelegationKind.PARENT, 15, False),
    ],
)
@pytest.mark.parametrize("asked", ["the application", "the database"])
def test_who_decides_for_somebody(
    acting, people, as_actor, doctor, as_loader, engines, kind, years, may, asked
):
    born = today().replace(day=1) - timedelta(days=round(365.25 * years) + 32)
    child = people.patient(birth_date=born, cared_for_at=doctor.facility_id)
    entry_id = signed_note(as_actor, doctor, child.id)
    changes = {"ends_at": None} if kind is DelegationKind.PARENT else {}
    delegate = people.patient()
    right = acting.let(delegate, child, kind=kind, **changes)
    acting.acting(delegate, right)
    actor = Actor(
        ActorKind.DELEGATE,
        account_id=delegate.actor.account_id,
        patient_id=child.id,
        role=Role.PATIENT.value,
        delegation_id=right,
    )

    with as_actor(actor) as session:
        if asked == "the application" and may:
            hide_entry(session, entry_id)
        elif asked == "the application":
            with pytest.raises(RuleBroken):
                hide_entry(session, entry_id)
        elif may:
            assert session.scalar(select(func.emr.hide_entry(uuid4(), entry_id))) == "hidden"
        else:
            with pytest.raises(ProgrammingError, match="not the actor's to hide"):
                session.scalar(select(func.emr.hide_entry(uuid4(), entry_id)))
            session.rollback()

    assert restrictions(engines, entry_id)["entry"] == [[HIDDEN] if may else None]


def test_the_web_writes_no_hiding_and_takes_no_word_away(as_actor, patient, written, hide):
    hide(patient, written)

    for statement in (
        "INSERT INTO emr.hiding (id, patient_id, entry_id) VALUES (gen_random_uuid(), :patient, :entry)",
        "DELETE FROM emr.hiding WHERE patient_id = :patient AND entry_id = :entry",
        "UPDATE emr.entry SET restrictions = NULL WHERE patient_id = :patient AND id = :entry",
    ):
        with pytest.raises(ProgrammingError), as_actor(patient.actor) as session:
            session.execute(text(statement), {"patient": patient.id, "entry": written})


def test_who_signs_meanwhile_waits_and_meets_what_was_hidden(as_actor, doctor, patient, written, engines):
    with as_actor(doctor.actor) as session:
        save_note(session, written, note=note(plan="Антибиотик"), seen_number=1, reason="Посев")
    begun, signed = Event(), Event()

    def sign():
        with as_actor(doctor.actor) as session:
            begun.set()
            sign_entry(session, written, seen_number=2)
        signed.set()

    with ThreadPoolExecutor(1) as other, as_actor(patient.actor) as session:
        hide_entry(session, written)
        running = other.submit(sign)
        begun.wait(10)
        waited = not signed.wait(0.5)
        session.commit()
        running.result(10)

    assert waited
    assert restrictions(engines, written) == everywhere([HIDDEN], versions=2)
