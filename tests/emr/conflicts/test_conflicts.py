"""What senders tell otherwise is worked at the registrar's desk: seen from both sides, answered, carried out by the loader."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from emr.conflicts.actions import (
    answer_conflict,
    carry_out_answer,
    list_conflicts_at_desk,
    open_conflict,
)
from emr.conflicts.enumerations import Choice
from emr.conflicts.queries import conflict_card, waiting_conflicts
from emr.conflicts.rules import Answer
from emr.conflicts.tables import ConflictAnswer
from emr.fhir_import.enumerations import ConflictKind
from emr.timeline.queries.timeline import timeline_of
from foundation.actor import Actor, ActorKind
from foundation.audit import AuditEvent
from foundation.errors import BadInput, NotFound, RuleBroken, Stale
from foundation.identifiers import new_id
from foundation.outbox import OutboxMessage, announce
from foundation.postgres.roles import WEB
from identity.patients.queries.patients import known_patient, patient_card
from identity.people.enumerations import Birth, PersonName
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, observation, patient_resource
from tests.identity.journeys import ENGLISH
from tests.pages import filled, read

CLINIC = "https://clinic.example/ids"
WHY = "Passport seen at the desk"


@pytest.fixture
def registrar(people):
    return people.registrar()


@pytest.fixture
def told(command, as_loader, as_administrator, registrar, tmp_path):
    """`told(number, birthDate=…)`: a sender tells of the person with this number, who is in the registrar's care; who it is."""

    def sent(number, *makers, **changes):
        who = f"urn:uuid:{uuid4()}"
        resource = {
            name: value for name, value in patient_resource(number, **changes).items() if value is not None
        }
        made = bundle(entry(resource, who), *(entry(make(who)) for make in makers), kind="transaction")
        file = tmp_path / f"{uuid4().hex}.json"
        file.write_bytes(as_bytes(made))
        command("import-fhir", file)
        with as_loader() as session:
            patient_id = known_patient(session, system=CLINIC, value=number)
        care = (
            "INSERT INTO identity.care_relation (id, patient_id, facility_id, basis, began_at) "
            "VALUES (gen_random_uuid(), :patient, :facility, 'attachment', now()) ON CONFLICT DO NOTHING"
        )
        with as_administrator() as connection:
            connection.execute(text(care), {"patient": patient_id, "facility": registrar.facility_id})
        return patient_id

    return sent


@pytest.fixture
def waiting(told, as_actor, registrar):
    """Somebody of whom a sender tells another day of birth, with an entry that waits: the patient and the conflict."""

    def made(**changes):
        number = str(uuid4())
        told(number)
        patient_id = told(number, observation, **(changes or {"birthDate": "1961-05-03"}))
        return patient_id, of(as_actor, registrar, patient_id).id

    return made


def of(as_actor, registrar, patient_id):
    with as_actor(registrar.actor) as session:
        found = list_conflicts_at_desk(session)
        return next(each for each in found.waiting if each.patient.id == patient_id)


@pytest.fixture
def answered(as_actor, registrar):
    def done(conflict_id, choice, **more):
        with as_actor(registrar.actor) as session:
            answer_conflict(session, conflict_id, Answer(choice, WHY, **more))
            return session.scalars(
                select(ConflictAnswer.id)
                .where(ConflictAnswer.conflict_id == conflict_id)
                .order_by(ConflictAnswer.answered_at.desc())
            ).first()

    return done


@pytest.fixture
def carried(as_loader):
    def out(patient_id, answer_id):
        carry_out_answer(as_loader, {"patient_id": str(patient_id), "object_id": str(answer_id)})

    return out


def card(as_actor, registrar, conflict_id):
    with as_actor(registrar.actor) as session:
        return open_conflict(session, conflict_id)


def born(as_loader, patient_id):
    with as_loader() as session:
        return str(patient_card(session, patient_id).birth), len(timeline_of(session, patient_id).lines)


def test_the_queue_tells_both_sides_and_how_much_waits(as_actor, registrar, waiting):
    patient_id, _ = waiting()

    found = of(as_actor, registrar, patient_id)

    assert found.kind is ConflictKind.BIRTH_DATE
    assert (str(found.patient.birth), str(found.told.birth)) == ("1960-05-03", "1961-05-03")
    assert (found.waiting, found.answer, found.decided) == (1, None, False)


def test_the_sender_is_right(as_actor, as_loader, registrar, waiting, answered, carried):
    patient_id, conflict_id = waiting()

    answer_id = answered(conflict_id, Choice.THEIRS)
    assert card(as_actor, registrar, conflict_id).pending
    carried(patient_id, answer_id)
    carried(patient_id, answer_id)

    after = card(as_actor, registrar, conflict_id)
    assert born(as_loader, patient_id) == ("1961-05-03", 1)
    assert (after.decided, after.answer.carried_out, after.answer.stored) == (True, True, 1)


@pytest.mark.parametrize("choice", [Choice.OURS, Choice.ANOTHER_PERSON])
def test_we_are_right_or_it_is_another_person_and_nothing_is_taken(
    as_actor, as_loader, registrar, waiting, answered, carried, choice
):
    patient_id, conflict_id = waiting()

    carried(patient_id, answered(conflict_id, choice))

    after = card(as_actor, registrar, conflict_id)
    assert born(as_loader, patient_id) == ("1960-05-03", 0)
    assert (after.decided, after.answer.choice, after.answer.stored) == (True, choice, 0)


def test_a_provisional_patient_is_confirmed_by_what_was_seen(
    as_actor, as_loader, registrar, told, answered, carried
):
    patient_id = told(str(uuid4()), birthDate="1961")
    conflict = of(as_actor, registrar, patient_id)
    who = {"name": PersonName("Ясная", "Вера", "Ильинична"), "birth": Birth.read("1961-07-08")}

    with pytest.raises(BadInput):
        answered(conflict.id, Choice.ANOTHER_PERSON)
    carried(patient_id, answered(conflict.id, Choice.CONFIRMED, **who))

    with as_loader() as session:
        known = patient_card(session, patient_id)
    assert (known.family_name, known.given_name, str(known.birth)) == ("Ясная", "Вера", "1961-07-08")
    assert not known.provisional


def test_what_cannot_be_carried_out_says_why_and_is_answered_again(
    as_actor, as_loader, registrar, waiting, answered, carried, monkeypatch
):
    from emr.conflicts import actions
    from emr.fhir_import.validation.refusals import BundleRefused

    patient_id, conflict_id = waiting()

    def refuse(*_words):
        raise BundleRefused("entry[1]", "must be a measured value")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(actions, "decide_conflict", refuse)
        carried(patient_id, answered(conflict_id, Choice.THEIRS))

    refused = card(as_actor, registrar, conflict_id)
    assert (refused.decided, refused.answer.carried_out, refused.answer.why) == (
        False,
        False,
        actions.REFUSED,
    )
    carried(patient_id, answered(conflict_id, Choice.OURS))
    assert card(as_actor, registrar, conflict_id).decided


def test_one_answer_at_a_time_and_none_after_the_decision(as_actor, waiting, answered, carried):
    patient_id, conflict_id = waiting()
    answer_id = answered(conflict_id, Choice.OURS)

    with pytest.raises(RuleBroken, match="just answered"):
        answered(conflict_id, Choice.THEIRS)
    carried(patient_id, answer_id)
    with pytest.raises(Stale, match="decided this meanwhile"):
        answered(conflict_id, Choice.THEIRS)


def test_the_patient_reads_that_it_was_seen_and_answered(as_actor, waiting, answered):
    patient_id, conflict_id = waiting()
    answered(conflict_id, Choice.OURS)

    own = Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=patient_id, role="patient")
    with as_actor(own) as session:
        acts = session.scalars(select(AuditEvent.act).where(AuditEvent.patient_id == patient_id)).all()
    assert {"patient.conflict_listed", "patient.conflict_answered"} <= set(acts)


def test_another_facility_s_registrar_sees_and_answers_nothing(as_actor, people, waiting, walled):
    patient_id, conflict_id = waiting()
    elsewhere = people.registrar()

    walled()
    with as_actor(elsewhere.actor) as session:
        assert patient_id not in {each.patient.id for each in list_conflicts_at_desk(session).waiting}
    with pytest.raises(NotFound), as_actor(elsewhere.actor) as session:
        conflict_card(session, conflict_id)
    with pytest.raises(NotFound), as_actor(elsewhere.actor) as session:
        answer_conflict(session, conflict_id, Answer(Choice.THEIRS, WHY))


def test_what_waits_is_read_by_nobody_at_the_desk(as_actor, engines, registrar, waiting):
    waiting()

    with engines[WEB].connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM emr.import_conflict")) == 0
    with pytest.raises(DBAPIError, match="permission denied"), as_actor(registrar.actor) as session:
        session.execute(text("SELECT held FROM emr.import_conflict"))


def test_the_web_decides_nothing_itself(as_actor, registrar, waiting):
    patient_id, conflict_id = waiting()

    for statement in (
        "INSERT INTO emr.import_conflict_decision VALUES (:conflict, :patient, 'rejected', 'x', 'x', now())",
        "INSERT INTO emr.conflict_outcome VALUES (:conflict, :patient, true, 0, 0, '')",
        "UPDATE identity.patient SET birth_date = '1990-01-01' WHERE id = :patient",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), as_actor(registrar.actor) as session:
            session.execute(text(statement), {"conflict": conflict_id, "patient": patient_id})


def test_an_answer_is_announced_and_nothing_else_is(as_actor, as_worker, registrar, waiting, answered):
    patient_id, conflict_id = waiting()
    answer_id = answered(conflict_id, Choice.OURS)

    told = {"patient_id": str(patient_id), "object_id": str(answer_id)}
    with as_worker() as session:
        topics = session.scalars(select(OutboxMessage.topic).where(OutboxMessage.payload == told)).all()
    assert topics == ["conflict.answered"]
    with pytest.raises(DBAPIError, match="row-level security"), as_actor(registrar.actor) as session:
        announce(session, "conflict.answered", {"patient_id": str(patient_id), "object_id": str(new_id())})


def test_on_the_pages_a_registrar_finds_answers_and_reads_what_became_of_it(
    app, client_for, registrar, waiting, carried, as_actor
):
    patient_id, conflict_id = waiting()
    desk = client_for(registrar.actor)
    with as_actor(registrar.actor) as session:
        assert waiting_conflicts(session) == 1
    assert "waits for your decision" in read(desk.get("/registry", headers=ENGLISH))
    assert "Another date of birth" in read(desk.get("/emr/conflicts", headers=ENGLISH))
    page = desk.get(f"/emr/conflicts/{conflict_id}", headers=ENGLISH)
    assert "3 May 1961" in read(page)

    empty = desk.post(f"/emr/conflicts/{conflict_id}/answer", data=filled(page), headers=ENGLISH)
    answer = desk.post(
        f"/emr/conflicts/{conflict_id}/answer",
        data=filled(empty, choice="theirs", reason=WHY),
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert (empty.status_code, answer.status_code) == (422, 200)
    assert "Choose one of the answers" in read(empty)
    assert "being carried out" in read(answer)
    with app.app_context(), as_actor(registrar.actor) as session:
        answer_id = session.scalar(select(ConflictAnswer.id).where(ConflictAnswer.conflict_id == conflict_id))
    carried(patient_id, answer_id)
    assert "carried out: 1 entry taken in" in read(desk.get(f"/emr/conflicts/{conflict_id}", headers=ENGLISH))
    assert "Decided lately" in read(desk.get("/emr/conflicts", headers=ENGLISH))
    assert "nothing waits" in read(desk.get("/registry", headers=ENGLISH))


def test_a_form_for_another_kind_is_refused_on_the_page_of_this_one(as_actor, client_for, registrar, told):
    patient_id = told(str(uuid4()), birthDate="1961")
    conflict = of(as_actor, registrar, patient_id)
    desk = client_for(registrar.actor)
    page = desk.get(f"/emr/conflicts/{conflict.id}", headers=ENGLISH)

    answer = desk.post(
        f"/emr/conflicts/{conflict.id}/answer",
        data=filled(page, choice="theirs", reason=WHY),
        headers=ENGLISH,
    )

    assert answer.status_code == 422
    assert "Choose one of the answers" in read(answer)
