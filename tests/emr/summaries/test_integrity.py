"""A line of a record that does not say what its version says is found, whatever of it was changed."""

import json

import pytest
from sqlalchemy import text

from emr.summaries.actions import note_drawn
from emr.summaries.tables import DrawingRules
from foundation.errors import RuleBroken
from tests.emr.fhir_import.factories import imported_patient, observation, person_with
from tests.emr.notes.factories import twice_written_note
from tests.verifying import broken_summaries


@pytest.fixture
def signed(people, as_actor):
    """A note with two signed versions."""
    return twice_written_note(as_actor, people, signed_again=True)


def told_of(session, entry_id):
    return [each for each in broken_summaries(session)[1] if each["entry"] == str(entry_id)]


def test_lines_of_notes_and_imports_are_what_would_be_drawn(above_the_law, signed, as_loader, people):
    patient_id = imported_patient(
        as_loader, person_with(observation), facility_id=people.doctor().facility_id
    )
    entries = above_the_law.scalars(
        text("SELECT entry_id FROM emr.entry_summary WHERE patient_id = :patient"), {"patient": patient_id}
    ).all()

    assert len(entries) == 2
    assert [told_of(above_the_law, each) for each in (signed, *entries)] == [[], [], []]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ('UPDATE emr.entry_summary SET facts = facts || \'{"headline": ["x", "x"]}\'', "summary"),
        ("UPDATE emr.entry_summary SET facts = facts || '{\"entered_in_error\": true}'", "summary"),
        ("UPDATE emr.entry_summary SET effective_at = effective_at - interval '1 second'", "summary"),
        ("UPDATE emr.entry_summary SET kind = 'result'", "summary"),
        ("UPDATE emr.entry_summary SET number = 1", "summary"),
        ("UPDATE emr.entry_summary SET author_id = NULL", "summary"),
        ("UPDATE emr.entry_summary SET patient_id = gen_random_uuid()", "summary"),
        ('UPDATE emr.entry_summary SET facts = facts || \'{"author": "x"}\'', "names"),
        ("DELETE FROM emr.entry_summary", "summary"),
        ("DELETE FROM emr.signature", "summary"),
    ],
)
def test_a_line_that_was_changed_is_named_with_the_reason(above_the_law, signed, change, why):
    above_the_law.execute(text(f"{change} WHERE entry_id = :entry"), {"entry": signed})

    assert {each["why"] for each in told_of(above_the_law, signed)} == {why}


def test_lines_that_another_version_drew_are_not_judged(above_the_law, signed):
    above_the_law.execute(text("DELETE FROM emr.drawing_rules"))
    above_the_law.add(DrawingRules(digest="of another version"))
    above_the_law.flush()

    with pytest.raises(RuleBroken, match="Another version"):
        broken_summaries(above_the_law)

    note_drawn(above_the_law)
    assert told_of(above_the_law, signed) == []


@pytest.fixture
def forged(engines, signed):
    """A line that somebody above every grant and trigger has changed, until the test is over."""

    def changed(facts):
        with engines["administrator"].begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            return connection.execute(
                text("UPDATE emr.entry_summary SET facts = CAST(:facts AS jsonb) WHERE entry_id = :entry"),
                {"facts": json.dumps(facts), "entry": signed},
            )

    with engines["administrator"].begin() as connection:
        before = connection.scalar(
            text("SELECT facts FROM emr.entry_summary WHERE entry_id = :entry"), {"entry": signed}
        )
    changed(before | {"flag": "high"})
    yield signed
    changed(before)


def test_a_forged_line_ends_the_command_with_1(command, forged):
    result = command("verify-record")

    account = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {"entry": str(forged), "number": 2, "why": "summary"} in account["broken"]
    assert account["summaries"] > 0
    last = command("verifications")
    told = {line["history"]: line for line in map(json.loads, last.stdout.splitlines())}
    assert last.exit_code == 1
    assert told["record"]["breaks"] >= 1
    assert told["record"]["summaries"] == account["summaries"]


def test_the_worker_reads_all_that_it_needs_and_finds_it_too(as_worker, forged):
    with as_worker() as session:
        assert told_of(session, forged) == [{"entry": str(forged), "number": 2, "why": "summary"}]
