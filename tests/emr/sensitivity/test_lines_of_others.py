"""A line takes from the other entries of its record what those who read it may read, and nothing else."""

from contextlib import nullcontext

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

import app_factory
from emr.content.rules.context import FACILITY_SYSTEM
from emr.details.queries.entries import entry_to_read
from emr.hidings.actions import hide_entry, show_entry
from emr.sensitivity.tables import LabelRule
from emr.summaries.actions import rebuild_patient, relabel_and_redraw
from emr.summaries.queries.integrity import look_at_summaries
from emr.summaries.tables import EntrySummary
from emr.timeline.queries.timeline import timeline_of
from foundation.actor import Actor, ActorKind
from foundation.clock import today
from foundation.outbox import OutboxMessage, announce
from identity.facilities.queries import facility_cards
from migrations.labels import CONFIDENTIALITY, ICD10
from tests.emr.fhir_import.factories import bundle, entry, imported_patient

DISPENSARY, PSYCHIATRIST = "Psychoneurological dispensary", "Doctor Freud"
SECRET = {"meta": {"security": [{"system": CONFIDENTIALITY, "code": "R"}]}}


@pytest.fixture
def about(sender):
    return {"subject": {"reference": f"{sender}/Patient/1"}}


@pytest.fixture
def visit(sender, about):
    """A visit for one reason at a place of a name, by somebody, on a day."""

    def made(reason="F20.0"):
        resource = {
            "resourceType": "Encounter",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "reasonCode": [{"coding": [{"system": ICD10, "code": reason}]}],
            "serviceProvider": {"display": DISPENSARY},
            "participant": [{"individual": {"display": PSYCHIATRIST}}],
            "period": {"start": "2024-06-01T10:00:00+05:00"},
            **about,
        }
        return entry(resource, f"{sender}/Encounter/1")

    return made


@pytest.fixture
def blood(sender, about):
    """A blood count that says of itself neither where, by whom nor when."""

    def made(**changes):
        resource = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "Blood count"},
            "encounter": {"reference": f"{sender}/Encounter/1"},
            "valueString": "normal",
            **about,
            **changes,
        }
        return entry(resource, f"{sender}/Observation/1")

    return made


@pytest.fixture
def brought(as_loader, clinic, person):
    """`brought(*entries)`: the patient, of whom a bundle tells."""
    return lambda *entries: imported_patient(as_loader, bundle(person, *entries), facility_id=clinic)


@pytest.fixture
def line_of(engines):
    """The line of a kind as it is kept: its words, its day and its facility."""

    def found(patient_id, kind="result"):
        asked = select(EntrySummary).where(EntrySummary.patient_id == patient_id, EntrySummary.kind == kind)
        with engines["administrator"].connect() as connection:
            (line,) = connection.execute(asked).all()
        return line

    return found


def test_an_open_line_tells_nothing_of_a_labelled_visit(
    brought, line_of, visit, blood, people, clinic, as_actor, walled
):
    patient_id = brought(visit(), blood())
    line = line_of(patient_id)

    assert line.restrictions is None
    assert not {"place", "author"} & line.facts.keys()
    assert line.facts["precision"] == "unknown"
    walled()
    with as_actor(people.doctor(facility_id=clinic).actor) as session:
        seen = timeline_of(session, patient_id).lines
    assert [each.headline.en for each in seen] == ["Blood count"]
    assert DISPENSARY not in str(seen)
    assert PSYCHIATRIST not in str(seen)


def test_it_tells_what_a_visit_says_that_is_open_as_it_is(brought, line_of, visit, blood):
    line = line_of(brought(visit(reason="J20.9"), blood()))

    assert (line.facts["place"][0], line.facts["author"]) == (DISPENSARY, PSYCHIATRIST)
    assert line.effective_at.isoformat().startswith("2024-06-01")


def test_a_line_that_is_restricted_as_the_visit_tells_it(brought, line_of, visit, blood):
    line = line_of(brought(visit(), blood(code={"coding": [{"system": ICD10, "code": "F20.0"}]})))

    assert (line.facts["place"][0], line.facts["author"]) == (DISPENSARY, PSYCHIATRIST)


@pytest.mark.parametrize(("reason", "told"), [("J20.9", True), ("F20.0", False)])
def test_a_facility_of_ours_is_told_by_a_visit_that_is_open(
    brought, line_of, visit, blood, sender, as_actor, as_loader, people, clinic, reason, told
):
    with as_loader() as session:
        ours = facility_cards(session, [clinic])[clinic]
    identifier = {"system": FACILITY_SYSTEM, "value": ours.code}
    place = entry(
        {"resourceType": "Organization", "name": DISPENSARY, "identifier": [identifier]},
        f"{sender}/Organization/1",
    )
    seen = visit(reason=reason)
    seen["resource"]["serviceProvider"] = {"reference": f"{sender}/Organization/1"}

    line = line_of(brought(place, seen, blood()))

    assert (line.facility_id == clinic) == told
    with as_actor(people.doctor(facility_id=clinic).actor) as session:
        details = entry_to_read(session, line.entry_id)
    assert (details.facility_id, str(details.place.ru)) == ((clinic, ours.name.ru) if told else (None, ""))


def gout(sender, about, number, **changes):
    resource = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": ICD10, "code": "M10.0"}], "text": "Gout"},
        **about,
        **changes,
    }
    return entry(resource, f"{sender}/Condition/{number}")


def status(code):
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {"clinicalStatus": {"coding": [{"system": system, "code": code}]}}


@pytest.mark.parametrize(("marks", "ended"), [({}, True), (SECRET, False)])
def test_an_open_problem_ends_by_what_is_open(brought, engines, sender, about, marks, ended):
    patient_id = brought(
        gout(sender, about, 1, **status("active"), recordedDate="2020-01-01"),
        gout(sender, about, 2, **status("resolved"), recordedDate="2024-01-01", **marks),
    )

    asked = select(EntrySummary.facts).where(EntrySummary.patient_id == patient_id)
    with engines["administrator"].connect() as connection:
        lines = connection.execute(asked.where(EntrySummary.kind == "diagnosis")).scalars().all()
    assert any("ended_by" in each for each in lines) == ended


@pytest.mark.parametrize(("marks", "precision"), [({}, "day"), (SECRET, "unknown")])
def test_a_goal_is_dated_by_a_plan_that_is_open(brought, engines, sender, about, marks, precision):
    goal = {"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "Walk"}, **about}
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "goal": [{"reference": f"{sender}/Goal/1"}],
        "period": {"start": "2024-06-01"},
        **about,
        **marks,
    }
    patient_id = brought(entry(goal, f"{sender}/Goal/1"), entry(plan, f"{sender}/CarePlan/1"))

    asked = select(EntrySummary.facts).where(EntrySummary.patient_id == patient_id)
    with engines["administrator"].connect() as connection:
        lines = connection.execute(asked).scalars().all()
    assert [each["precision"] for each in lines if each["headline"][0] == "Goal"] == [precision]


@pytest.fixture
def rule_of_today(as_loader, engines):
    """A rule that came today, and is gone afterwards."""

    def comes():
        with as_loader() as session:
            session.add(
                LabelRule(
                    system=ICD10, code_from="T99", code_to="T99", compared=3, label="R",
                    basis_en="-", basis_ru="-", valid_from=today(), valid_to=today(),
                )
            )  # fmt: skip

    yield comes
    with engines["administrator"].begin() as connection:
        connection.execute(delete(LabelRule).where(LabelRule.code_from == "T99"))


def test_labelling_anew_draws_the_lines_that_took_from_an_entry(
    as_loader, brought, line_of, visit, blood, rule_of_today
):
    patient_id = brought(visit(reason="T99.1"), blood())
    before = line_of(patient_id).facts
    rule_of_today()

    with as_loader() as session:
        relabel_and_redraw(session)

    assert "place" in before
    assert not {"place", "author"} & line_of(patient_id).facts.keys()


def test_hiding_a_visit_takes_from_lines_what_it_told_and_showing_it_gives_that_back(
    as_loader, as_actor, as_worker, brought, line_of, visit, blood, monkeypatch
):
    monkeypatch.setattr(app_factory, "_loading", lambda: nullcontext(as_loader))
    patient_id = brought(visit(reason="J20.9"), blood())
    person = Actor(ActorKind.CITIZEN, patient_id=patient_id)

    def told_after(decide):
        with as_actor(person) as session:
            decide(session, line_of(patient_id, kind="visit").entry_id)
        deliver(as_worker)
        return "place" in line_of(patient_id).facts

    assert "place" in line_of(patient_id).facts
    assert [told_after(hide_entry), told_after(show_entry)] == [False, True]


def deliver(as_worker):
    """What was announced of hiding, heard as the worker hears it."""
    with as_worker() as session:
        messages = session.execute(
            select(OutboxMessage.topic, OutboxMessage.payload).where(
                OutboxMessage.topic.in_(("entry.hidden", "entry.shown"))
            )
        ).all()
        session.execute(delete(OutboxMessage).where(OutboxMessage.topic.in_(("entry.hidden", "entry.shown"))))
    for topic, payload in messages:
        for handler in app_factory.handlers()[topic]:
            with as_worker() as session:
                handler(session, payload)


def test_nobody_announces_that_something_was_hidden_which_was_not(as_actor, brought, line_of, visit):
    patient_id = brought(visit())
    told = {"patient_id": str(patient_id), "object_id": str(line_of(patient_id, kind="visit").entry_id)}

    for topic in ("entry.hidden", "entry.shown"):
        with (
            pytest.raises(DBAPIError, match="row-level security"),
            as_actor(Actor(ActorKind.CITIZEN, patient_id=patient_id)) as session,
        ):
            announce(session, topic, told)


def test_the_verifier_finds_the_lines_as_they_should_be(as_loader, brought, line_of, visit, blood):
    patient_id = brought(visit(), blood())

    with as_loader() as session:
        rebuild_patient(session, patient_id)
        piece = look_at_summaries(session, {}, at_once=1000)

    assert str(line_of(patient_id).entry_id) not in {each["entry"] for each in piece.broken}
