"""Other people's records: each of the two walls holds alone."""

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import ProgrammingError

from emr.chart.queries.chart import chart_of
from emr.details.queries.entries import entry_to_read
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature, SignatureMeaning
from emr.notes.actions.notes import write_note
from emr.notes.actions.signatures import METHOD, sign_entry
from emr.summaries.queries.lines import signed_resources_of
from emr.summaries.tables import EntrySummary
from emr.timeline.queries.timeline import timeline_of
from foundation.clock import now
from foundation.errors import NotFound
from foundation.identifiers import new_id
from identity.access import queries as access
from tests.emr.notes.factories import note

# How often this connection has lately looked for who cares for whom.
CARE_LOOK_UPS = text(
    "SELECT seq_scan + idx_scan FROM pg_stat_xact_all_tables WHERE relid = 'identity.care_relation'::regclass"
)

OPENED = text("SELECT identity.opened_patient()")


@pytest.fixture
def record(people, as_actor):
    """A doctor, a patient of theirs, one signed and one unsigned note."""
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        signed = write_note(session, patient.id, note=note())
        sign_entry(session, signed, seen_number=1)
        unsigned = write_note(session, patient.id, note=note())
    return doctor, patient, signed, unsigned


@pytest.fixture(params=["another doctor", "another patient", "a dispatcher"])
def stranger(request, people):
    made = {
        "another doctor": people.doctor,
        "another patient": people.patient,
        "a dispatcher": people.dispatcher,
    }
    return made[request.param]().actor


def nothing_is_seen(as_actor, reader, record):
    _, patient, signed, unsigned = record
    with as_actor(reader) as session:
        page = timeline_of(session, patient.id)
        chart = chart_of(session, patient.id)
        assert (page.lines, page.years, page.kinds) == ([], [], [])
        assert not (chart.problems or chart.medicines or chart.allergies or chart.vitals or chart.unsigned)
        assert list(signed_resources_of(session, patient.id)) == []
        for entry_id in (signed, unsigned):
            with pytest.raises(NotFound):
                entry_to_read(session, entry_id)


def test_strangers_see_nothing(as_actor, stranger, record, walls):
    nothing_is_seen(as_actor, stranger, record)


def test_whose_record_is_open_gives_a_stranger_no_right(as_actor, stranger, record, application_wall_off):
    _, patient, _, _ = record

    with as_actor(stranger) as session:
        access.open_record(session, patient.id)
        for table in (Entry, EntryVersion, Signature, EntrySummary):
            assert session.execute(select(table)).all() == []


def test_what_a_process_of_the_version_before_names_opens_nothing(
    as_actor, stranger, record, application_wall_off
):
    named = text("SELECT set_config('app.opened_patient', :patient, true)")
    with as_actor(stranger) as session:
        session.execute(named, {"patient": str(record[1].id)})
        assert session.scalar(OPENED) is None
        assert session.execute(select(EntrySummary)).all() == []


@pytest.mark.parametrize(("opened", "times"), [(True, 1), (False, 3 + 3)])
def test_row_security_asks_once_who_cares_for_the_patient_whose_record_is_open(
    as_actor, record, application_wall_off, opened, times
):
    doctor, patient, _, _ = record
    with as_actor(doctor.actor) as session:
        for _ in range(2):
            sign_entry(session, write_note(session, patient.id, note=note()), seen_number=1)
    with as_actor(doctor.actor) as session:
        before = session.scalar(CARE_LOOK_UPS)
        if opened:
            access.open_record(session, patient.id)
        for table in (EntrySummary, Signature):
            rows = select(table.entry_id).where(table.patient_id == patient.id)
            assert len(session.execute(rows).all()) == 3
        assert session.scalar(CARE_LOOK_UPS) - before == times


def test_a_record_stays_open_for_one_transaction_and_for_its_patient_alone(
    as_actor, people, record, application_wall_off
):
    doctor, patient, _, _ = record
    other = people.patient(cared_for_at=people.doctor().facility_id)
    for asked, opened in ((patient, patient), (other, None)):
        with as_actor(doctor.actor) as session:
            access.open_record(session, asked.id)
            assert session.scalar(OPENED) == (opened and opened.id)
    with as_actor(doctor.actor) as session:
        assert session.scalar(OPENED) is None


def test_row_security_alone_shows_strangers_no_row(as_actor, stranger, record, application_wall_off):
    with as_actor(stranger) as session:
        for table in (Entry, EntryVersion, Signature, EntrySummary):
            assert (
                session.scalars(select(table.patient_id).where(table.patient_id == record[1].id)).all() == []
            )


def test_with_both_walls_down_the_record_would_be_seen(
    as_actor, stranger, record, application_wall_off, row_security_off
):
    with as_actor(stranger) as session:
        assert len(timeline_of(session, record[1].id).lines) == 1


def test_unsigned_notes_stay_with_their_author(as_actor, people, record, walls):
    doctor, patient, _, unsigned = record
    colleague = people.doctor(facility_id=doctor.facility_id).actor
    for reader in (colleague, patient.actor):
        with as_actor(reader) as session, pytest.raises(NotFound):
            entry_to_read(session, unsigned)


def test_nobody_writes_or_signs_in_anothers_name(as_actor, people, record):
    doctor, patient, _, unsigned = record
    colleague = people.doctor(facility_id=doctor.facility_id)
    forged = {
        "id": new_id(), "entry_id": unsigned, "number": 1, "patient_id": patient.id, "signer_id": doctor.id,
        "meaning": SignatureMeaning.AUTHOR.value, "method": METHOD,
    }  # fmt: skip

    with pytest.raises(ProgrammingError, match="by its author"), as_actor(colleague.actor) as session:
        session.connection().execute(insert(Signature.__table__), forged)


def test_a_citizen_writes_nothing(as_actor, record):
    _, patient, _, _ = record
    row = {"id": new_id(), "patient_id": patient.id, "kind": "note", "created_at": now()}

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(patient.actor) as session:
        session.connection().execute(insert(Entry.__table__), row)


def test_citizens_and_doctors_are_offered_the_same_years_and_kinds(as_actor, record):
    doctor, patient, _, _ = record
    offered = []
    for reader in (doctor.actor, patient.actor):
        with as_actor(reader) as session:
            page = timeline_of(session, patient.id)
            offered.append((page.years, page.kinds))

    assert offered[0] == offered[1] == ([2026], ["note"])
