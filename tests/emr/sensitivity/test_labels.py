"""Entries that the law guards more closely carry a label by rule, and open to the treating team alone."""

import ast
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from emr.chart.queries.chart import chart_of
from emr.details.queries.entries import entry_to_read
from emr.documents.queries import document_to_read
from emr.entries.queries.changes import newest_version
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature
from emr.exports.queries import record_in_fhir
from emr.notes.actions.notes import save_note, write_note
from emr.notes.actions.signatures import sign_entry
from emr.sensitivity.actions import relabel
from emr.sensitivity.tables import LabelRule
from emr.summaries.actions import relabel_outdated
from emr.summaries.queries.lines import signed_resources_of
from emr.summaries.tables import EntrySummary
from emr.timeline.queries.timeline import timeline_of
from foundation.clock import now, today
from foundation.errors import NotFound
from identity.access.enumerations import CareBasis
from identity.access.tables import CareRelation
from tests.architecture.house import HOUSE
from tests.emr.notes.factories import note, signed_note

SAD = {"diagnosis_code": "F32.1", "diagnosis": "Депрессивный эпизод"}
TABLES = (Entry, EntryVersion, Signature, EntrySummary)


@pytest.fixture
def clinic(people):
    return people.facility()


@pytest.fixture
def author(people, clinic):
    return people.doctor(facility_id=clinic)


@pytest.fixture
def colleague(people, clinic):
    return people.doctor(facility_id=clinic)


@pytest.fixture
def patient(people, clinic):
    return people.patient(cared_for_at=clinic)


@pytest.fixture
def labelled(as_actor, author, patient):
    """A signed note about a depression."""
    return signed_note(as_actor, author, patient.id, **SAD)


def treats(as_loader, patient, member, basis=CareBasis.TEAM, **times):
    """From now on that one member of staff cares for the patient in person."""
    with as_loader() as session:
        session.add(
            CareRelation(
                patient_id=patient.id,
                facility_id=member.facility_id,
                basis=basis,
                staff_id=member.id,
                began_at=now() - timedelta(days=1),
                **{"ends_at": now() + timedelta(days=1), **times},
            )
        )


def restrictions(engines, entry_id):
    """By table: what restricts the rows of an entry."""
    told = {}
    with engines["administrator"].connect() as connection:
        for table in TABLES:
            key = table.id if table is Entry else table.entry_id
            rows = connection.execute(select(table.restrictions).where(key == entry_id)).scalars()
            told[table.__tablename__] = [each and sorted(each) for each in rows]
    return told


def everywhere(labels, versions=1):
    return {
        "entry": [labels],
        "entry_version": [labels] * versions,
        "signature": [labels] * versions,
        "entry_summary": [labels],
    }


def sees(as_actor, reader, patient, entry_id):
    """Whether the reader meets the entry: in every way there is, or in none."""
    told = []
    with as_actor(reader.actor) as session:
        page, chart = timeline_of(session, patient.id), chart_of(session, patient.id)
        told.append(entry_id in {line.entry_id for line in page.lines})
        told.append(bool(page.kinds))
        told.append(bool(page.years))
        told.append(entry_id in {line.entry_id for line in chart.problems})
        told.append(entry_id in {each.entry_id for each in signed_resources_of(session, patient.id)})
        told.append(str(entry_id) in str(record_in_fhir(session, patient.id)))
        for look in (
            entry_to_read,
            newest_version,
            lambda session, entry: document_to_read(session, entry, number=1, position=1),
        ):
            try:
                look(session, entry_id)
                told.append(True)
            except NotFound as refusal:
                # The version was found; it holds no document.
                told.append("document" in str(refusal))
    assert len(set(told)) == 1, told
    return told[0]


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("F32.1", "PSY"),
        ("F10.2", "ETH"),
        ("B23", "HIV"),
        ("Z21", "HIV"),
        ("Q90.9", "GDIS"),
        ("O04.9", "SEX"),
    ],
)
def test_a_code_of_a_rule_labels_an_entry_when_it_is_signed(as_actor, author, patient, engines, code, label):
    entry_id = signed_note(as_actor, author, patient.id, diagnosis_code=code, diagnosis="Что-то")

    assert restrictions(engines, entry_id) == everywhere([label])


@pytest.mark.parametrize("code", ["J20.9", "E05.0", "G00.0", "O09", "B25.0", ""])
def test_other_codes_label_nothing(as_actor, author, patient, engines, code):
    entry_id = signed_note(as_actor, author, patient.id, diagnosis_code=code, diagnosis="Что-то")

    assert restrictions(engines, entry_id) == everywhere(None)


def test_a_labelled_entry_opens_to_its_author_and_not_to_a_colleague(
    as_actor, author, colleague, patient, labelled, walled
):
    walled()

    assert sees(as_actor, author, patient, labelled)
    assert not sees(as_actor, colleague, patient, labelled)


def test_an_entry_without_a_label_opens_to_a_colleague(as_actor, author, colleague, patient):
    entry_id = signed_note(as_actor, author, patient.id)

    assert sees(as_actor, colleague, patient, entry_id)


@pytest.mark.parametrize("basis", [CareBasis.TEAM, CareBasis.EMERGENCY])
def test_it_opens_to_whoever_treats_the_patient_in_person(
    as_actor, as_loader, colleague, patient, labelled, walled, basis
):
    treats(as_loader, patient, colleague, basis)
    walled()

    assert sees(as_actor, colleague, patient, labelled)


def test_it_is_closed_again_when_that_ends(as_actor, as_loader, colleague, patient, labelled, walled):
    treats(as_loader, patient, colleague, ends_at=now() - timedelta(seconds=1))
    walled()

    assert not sees(as_actor, colleague, patient, labelled)


def test_another_in_the_team_opens_nothing_to_a_colleague(
    as_actor, as_loader, people, colleague, patient, labelled, clinic, walled
):
    treats(as_loader, patient, people.doctor(facility_id=clinic))
    walled()

    assert not sees(as_actor, colleague, patient, labelled)


def test_patients_see_their_own(as_actor, patient, labelled, walled):
    walled()
    with as_actor(patient.actor) as session:
        assert labelled in {line.entry_id for line in timeline_of(session, patient.id).lines}
        assert entry_to_read(session, labelled).entry_id == labelled


def test_a_version_that_is_not_signed_labels_nothing_for_others(
    as_actor, author, colleague, patient, engines
):
    entry_id = signed_note(as_actor, author, patient.id)
    with as_actor(author.actor) as session:
        save_note(session, entry_id, note=note(**SAD), seen_number=1, reason="Уточнение")
    assert restrictions(engines, entry_id)["entry"] == [None]
    assert sees(as_actor, colleague, patient, entry_id)

    with as_actor(author.actor) as session:
        sign_entry(session, entry_id, seen_number=2)

    assert restrictions(engines, entry_id) == everywhere(["PSY"], versions=2)
    assert not sees(as_actor, colleague, patient, entry_id)


def test_what_was_taken_back_before_it_was_signed_leaves_no_label(as_actor, author, patient, engines):
    with as_actor(author.actor) as session:
        entry_id = write_note(session, patient.id, note=note(**SAD))
        save_note(session, entry_id, note=note(), seen_number=1)
        sign_entry(session, entry_id, seen_number=2)

    assert restrictions(engines, entry_id)["entry_summary"] == [None]


def test_what_was_signed_once_stays_labelled(as_actor, author, patient, engines, labelled):
    with as_actor(author.actor) as session:
        save_note(session, labelled, note=note(), seen_number=1, reason="Ошибка")
        sign_entry(session, labelled, seen_number=2)

    assert restrictions(engines, labelled) == everywhere(["PSY"], versions=2)


@pytest.mark.parametrize("table", ["entry", "entry_version", "signature", "entry_summary"])
def test_the_web_takes_no_label_away(as_actor, author, patient, labelled, table):
    key = "id" if table == "entry" else "entry_id"
    with pytest.raises(ProgrammingError, match="permission denied"), as_actor(author.actor) as session:
        session.execute(
            text(f"UPDATE emr.{table} SET restrictions = NULL WHERE {key} = :entry"),
            {"entry": labelled},
        )


def test_a_rule_that_ended_takes_its_labels_with_it_and_nothing_else(
    as_actor, as_loader, author, patient, engines, labelled
):
    plain = signed_note(as_actor, author, patient.id)
    with engines["administrator"].begin() as connection:
        for table, key in ((Entry, Entry.id), (EntrySummary, EntrySummary.entry_id)):
            connection.execute(update(table).where(key.in_([labelled, plain])).values(
                restrictions=func.array_append(table.restrictions, "kept")))  # fmt: skip
    of_psychiatry = LabelRule.label == "PSY"
    with as_loader() as session:
        ended = update(LabelRule).where(of_psychiatry).values(valid_to=today() - timedelta(days=1))
        session.execute(ended)
        try:
            relabel(session)
            session.flush()
            told = {
                each: session.scalar(select(EntrySummary.restrictions).where(EntrySummary.entry_id == each))
                for each in (labelled, plain)
            }
        finally:
            session.rollback()

    assert told == {labelled: ["kept"], plain: ["kept"]}


def test_entries_are_labelled_anew_where_the_rules_have_changed(as_loader, engines, labelled):
    with as_loader() as session:
        relabel(session)
    with engines["administrator"].begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in TABLES:
            connection.execute(text(f"UPDATE emr.{table.__tablename__} SET restrictions = NULL"))
    with as_loader() as session:
        assert relabel_outdated(session) == ""
    with engines["administrator"].begin() as connection:
        connection.execute(text("DELETE FROM emr.labelling"))

    with as_loader() as session:
        assert "labels" in relabel_outdated(session)

    assert restrictions(engines, labelled) == everywhere(["PSY"])


def test_every_wall_of_entries_asks_what_restricts_them():
    """`access.readable_by` of entries is asked where no row of an entry is told, and by `emr.sensitivity` for all others."""
    asked = set()
    for file in (HOUSE / "emr").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("readable_by"):
                continue
            if ast.unparse(node.args[1]) == "Thing.ENTRIES":
                asked.add((file.relative_to(HOUSE).as_posix(), ast.unparse(node.args[2])))

    assert asked == {
        ("emr/sensitivity/queries.py", "table.patient_id"),
        # Of their author alone.
        ("emr/drafts/queries.py", "Draft.patient_id"),
        # Beside its versions, which say so.
        ("emr/details/queries/entries.py", "Entry.patient_id"),
        # That the patient hid it, for the patient alone; of a parent it asks the entry's line.
        ("emr/hidings/queries.py", "table.patient_id"),
    }
