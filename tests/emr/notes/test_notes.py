"""Writing, saving, signing and amending a note."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from emr.chart.queries.chart import chart_of
from emr.details.queries.entries import entry_to_read
from emr.notes.actions.notes import save_note, write_note
from emr.notes.actions.signatures import sign_entry
from emr.notes.queries import note_to_edit
from emr.notes.rules import Authorship, composition_of, note_of
from emr.summaries.tables import EntrySummary
from emr.timeline.queries.timeline import timeline_of
from foundation.audit import AuditEvent
from foundation.errors import BadInput, NotFound, RuleBroken, Stale
from foundation.outbox import OutboxMessage
from tests.emr.notes.factories import note


@pytest.fixture
def desk(people, as_actor):
    """A doctor with a patient in care and a note begun."""

    class Desk:
        doctor = people.doctor()
        patient = people.patient(cared_for_at=doctor.facility_id)

        def write(self, **changes):
            with as_actor(self.doctor.actor) as session:
                return write_note(session, self.patient.id, note=note(**changes))

        def save(self, entry_id, *, seen, reason="", **changes):
            with as_actor(self.doctor.actor) as session:
                return save_note(session, entry_id, note=note(**changes), seen_number=seen, reason=reason)

        def sign(self, entry_id, *, seen=1, by=None):
            with as_actor((by or self.doctor).actor) as session:
                return sign_entry(session, entry_id, seen_number=seen)

        def signed(self, **changes):
            entry_id = self.write(**changes)
            self.sign(entry_id)
            return entry_id

    return Desk()


def test_a_note_is_read_back_as_it_was_typed():
    typed = note(complaints="a < b & c\n\nsecond line", examination="<script>")
    by = Authorship(uuid4(), uuid4(), "Doctor", uuid4(), "Clinic")

    assert note_of(composition_of(typed, entry_id=uuid4(), by=by, amends=False)) == typed


def test_an_unsigned_note_is_its_authors_alone(desk, people, as_actor):
    entry_id = desk.write()
    colleague = people.doctor(facility_id=desk.doctor.facility_id)

    with as_actor(desk.doctor.actor) as session:
        assert entry_to_read(session, entry_id).waiting is not None
        assert len(chart_of(session, desk.patient.id).unsigned) == 1
    for other in (colleague.actor, desk.patient.actor):
        with as_actor(other) as session:
            with pytest.raises(NotFound):
                entry_to_read(session, entry_id)
            assert timeline_of(session, desk.patient.id).lines == []


def test_a_signed_note_stands_on_the_patients_timeline(desk, as_actor):
    entry_id = desk.signed()

    with as_actor(desk.patient.actor) as session:
        [line] = timeline_of(session, desk.patient.id).lines
        reading = entry_to_read(session, entry_id)

    assert (line.entry_id, line.value.ru) == (entry_id, "Острый бронхит")
    assert reading.current.signature.meaning == "author"
    assert reading.current.unbroken


def test_signing_leaves_an_audit_line_and_an_announcement(desk, as_actor, as_worker):
    entry_id = desk.signed()

    with as_actor(desk.patient.actor) as session:
        acts = session.scalars(
            select(AuditEvent.act).where(AuditEvent.object_id == entry_id).order_by(AuditEvent.id)
        )
        assert list(acts) == ["entry.written", "entry.signed"]
    with as_worker() as session:
        payloads = session.scalars(
            select(OutboxMessage.payload).where(OutboxMessage.topic == "entry.signed")
        ).all()
    told = {"patient_id": str(desk.patient.id), "object_id": str(entry_id), "number": 1, "amends": False}
    assert told in payloads


def test_a_signed_version_cannot_be_signed_again(desk):
    entry_id = desk.signed()

    with pytest.raises(RuleBroken):
        desk.sign(entry_id)


def test_nobody_signs_for_another(desk, people):
    entry_id = desk.write()
    colleague = people.doctor(facility_id=desk.doctor.facility_id)

    with pytest.raises(NotFound):
        desk.sign(entry_id, by=colleague)
    desk.sign(entry_id)
    with pytest.raises(RuleBroken):
        desk.sign(entry_id, by=colleague)


def test_what_was_not_read_is_not_signed(desk):
    entry_id = desk.write()
    desk.save(entry_id, seen=1, plan="Другое")

    with pytest.raises(Stale):
        desk.sign(entry_id, seen=1)


@pytest.mark.parametrize(
    "missing",
    [
        {"complaints": ""},
        {"plan": " \n"},
        {"diagnosis": "", "diagnosis_code": ""},
        {"diagnosis": " "},
        {"diagnosis": "", "diagnosis_code": "J20.9"},
    ],
)
def test_an_incomplete_note_is_kept_but_not_signed(desk, missing):
    entry_id = desk.write(**missing)

    with pytest.raises(RuleBroken, match="needs complaints, a diagnosis and a plan"):
        desk.sign(entry_id)


def test_saving_over_a_version_that_was_not_seen_is_refused(desk):
    entry_id = desk.write()
    desk.save(entry_id, seen=1, plan="Первое окно")

    with pytest.raises(Stale):
        desk.save(entry_id, seen=1, plan="Второе окно")


def test_a_signed_note_is_amended_only_with_a_reason(desk):
    entry_id = desk.signed()

    with pytest.raises(RuleBroken):
        desk.save(entry_id, seen=1, plan="Антибиотик")
    assert desk.save(entry_id, seen=1, plan="Антибиотик", reason="Пришёл посев") == 2


def test_the_patient_sees_an_amendment_once_it_is_signed_and_why(desk, as_actor):
    entry_id = desk.signed()
    desk.save(entry_id, seen=1, plan="Антибиотик", reason="Пришёл посев")

    with as_actor(desk.patient.actor) as session:
        assert [v.number for v in entry_to_read(session, entry_id).versions] == [1]
    desk.sign(entry_id, seen=2)

    with as_actor(desk.patient.actor) as session:
        reading = entry_to_read(session, entry_id)
        [line] = timeline_of(session, desk.patient.id).lines
    assert reading.amended
    assert line.amended
    assert reading.current.reason == "Пришёл посев"
    assert [version.number for version in reading.versions] == [2, 1]


def test_a_draft_that_was_saved_twice_is_no_amendment(desk, as_actor):
    entry_id = desk.write()
    desk.save(entry_id, seen=1, plan="Покой")
    desk.sign(entry_id, seen=2)

    with as_actor(desk.patient.actor) as session:
        [line] = timeline_of(session, desk.patient.id).lines
        reading = entry_to_read(session, entry_id)

    assert (line.number, line.amended, reading.amended) == (2, False, False)


def test_a_colleague_reads_a_signed_note_but_does_not_change_it(desk, people, as_actor):
    entry_id = desk.signed()
    colleague = people.doctor(facility_id=desk.doctor.facility_id)

    with as_actor(colleague.actor) as session:
        assert entry_to_read(session, entry_id).current.signature
        with pytest.raises(RuleBroken):
            save_note(session, entry_id, note=note(), seen_number=1, reason="x")
        with pytest.raises(RuleBroken):
            note_to_edit(session, entry_id)


@pytest.mark.parametrize(
    "changes",
    [
        {"plan": "a\x00b"},
        {"plan": "x" * 20_001},
        {"diagnosis_code": "nonsense"},
        {"diagnosis_code": "А09"},
        {"plan": "\ud800"},
    ],
)
def test_what_cannot_be_written_down_is_refused(desk, changes):
    with pytest.raises(BadInput):
        desk.write(**changes)


def test_a_patient_in_nobodys_care_gets_no_notes(people, as_actor):
    doctor, stranger = people.doctor(), people.patient()

    with as_actor(doctor.actor) as session, pytest.raises(NotFound):
        write_note(session, stranger.id, note=note())


@pytest.mark.parametrize("table", ["entry", "entry_version", "signature"])
@pytest.mark.parametrize(
    "change", ["UPDATE emr.{} SET patient_id = patient_id", "DELETE FROM emr.{}", "TRUNCATE emr.{} CASCADE"]
)
def test_nothing_written_is_ever_changed(desk, as_actor, as_loader, as_administrator, table, change):
    desk.signed()
    for opened in (lambda: as_actor(desk.doctor.actor), as_loader):
        with pytest.raises(ProgrammingError, match="permission denied"), opened() as session:
            session.execute(text(change.format(table)))
    # Even the administrator, above every grant, meets the trigger.
    with (
        pytest.raises(ProgrammingError, match="never changed or deleted"),
        as_administrator() as connection,
    ):
        connection.execute(text(change.format(table)))


def test_the_summary_of_an_unsigned_note_does_not_exist(desk, as_loader):
    entry_id = desk.write()

    with as_loader() as session:
        assert session.get(EntrySummary, entry_id) is None
