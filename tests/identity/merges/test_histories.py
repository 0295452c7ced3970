"""What is written while two records are one, what is read of them, and what histories let be changed of a row: whose it is."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from dispatch_backend.referrals.actions.referrals import NewReferral, send_referral
from dispatch_backend.services.enumerations import Priority
from emr.chart.actions import open_chart
from emr.exports.queries import record_in_fhir
from emr.notes.actions.notes import save_note, write_note
from emr.notes.actions.signatures import sign_entry
from foundation.audit import AuditEvent
from foundation.errors import NotFound, Stale
from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB, WORKER
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.access.tables import CareRelation
from identity.merges.actions import merge_records
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import AccessWanted, access_log_of
from portal.objections.actions import raise_objection
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import note, signed_note, unsigned_note
from tests.identity.merges.conftest import REASON
from tests.identity.merges.test_merges import stands

# Of a row of a history, what the doorkeeper may change.
WHOSE = {"patient_id", "delegate_id", "sealed_patient_id"}
# And what restricts an entry, which follows from rules (emr.sensitivity), and where a booking stands, which follows from events.
FOLLOWS = {"restrictions", "state"}


@pytest.fixture
def desk(people, as_actor, as_loader, pair) -> Desk:
    made = Desk(people, as_actor, as_loader)
    with as_loader() as session:
        for each in (pair.survivor, pair.merged):
            begin_care(
                session, patient_id=each.id, facility_id=made.doctor.facility_id, basis=CareBasis.IMPORT
            )
    return made


def whose(as_administrator, table, column, row_id):
    with as_administrator() as connection:
        asked = text(f"SELECT DISTINCT patient_id FROM {table} WHERE {column} = :id")
        return connection.execute(asked, {"id": row_id}).scalars().all()


def test_what_is_written_under_an_entry_or_referral_that_moved_goes_back_with_it(
    pair, desk, as_actor, as_administrator
):
    entry, referral = unsigned_note(as_actor, desk.doctor, pair.merged.id), desk.sent(pair.merged)
    merge_id = pair.join()
    with as_actor(desk.doctor.actor) as session:
        save_note(session, entry, note=note(plan="Антибиотик"), seen_number=1)
        sign_entry(session, entry, seen_number=2)
    booking = desk.booked(referral, desk.slot())
    own = signed_note(as_actor, desk.doctor, pair.survivor.id)

    pair.part(merge_id)

    for table, column, row in (
        ("emr.entry_version", "entry_id", entry),
        ("emr.signature", "entry_id", entry),
        ("emr.entry_summary", "entry_id", entry),
        ("dispatch.referral_event", "referral_id", referral),
        ("dispatch.booking", "id", booking),
        ("dispatch.slot_occupancy", "booking_id", booking),
    ):
        assert whose(as_administrator, table, column, row) == [pair.merged.id], table
    assert whose(as_administrator, "emr.entry", "id", own) == [pair.survivor.id]


def test_who_treats_by_a_referral_that_goes_back_goes_on_to_see_its_patient(pair, desk, as_administrator):
    referral = desk.sent(pair.merged)
    merge_id = pair.join()
    desk.booked(referral, desk.slot())

    pair.part(merge_id)

    with as_administrator() as connection:
        cared = connection.execute(
            select(CareRelation.facility_id, CareRelation.basis)
            .where(CareRelation.patient_id == pair.merged.id, CareRelation.ends_at > text("now()"))
        ).all()  # fmt: skip
    assert (desk.target_id, CareBasis.REFERRAL) in cared
    assert (desk.center_id, CareBasis.REFERRAL) in cared


def test_a_doctor_of_either_sees_the_whole_and_of_the_other_nothing_any_more_afterwards(
    pair, people, as_actor, as_loader
):
    doctor = people.doctor()
    with as_loader() as session:
        begin_care(
            session, patient_id=pair.merged.id, facility_id=doctor.facility_id, basis=CareBasis.ATTACHMENT
        )
    with pytest.raises(NotFound), as_actor(doctor.actor) as session:
        open_chart(session, pair.survivor.id)
    merge_id = pair.join()

    with as_actor(doctor.actor) as session:
        open_chart(session, pair.survivor.id)
    with pytest.raises(NotFound), as_actor(doctor.actor) as session:
        open_chart(session, pair.merged.id)
    pair.part(merge_id)
    with as_actor(doctor.actor) as session:
        open_chart(session, pair.merged.id)
    with pytest.raises(NotFound), as_actor(doctor.actor) as session:
        open_chart(session, pair.survivor.id)


def test_joining_waits_for_whoever_writes_and_takes_what_they_wrote_along(
    pair, desk, as_actor, as_administrator
):
    with ThreadPoolExecutor(1) as beside:
        with as_actor(desk.doctor.actor) as session:
            entry = write_note(session, pair.merged.id, note=note())
            joining = beside.submit(pair.join)
            sleep(0.5)
            assert not joining.done()
        joining.result(timeout=10)

    assert whose(as_administrator, "emr.entry_version", "entry_id", entry) == [pair.survivor.id]


@pytest.mark.parametrize("writes", ["a note", "a referral"])
def test_who_writes_too_late_is_told_and_nothing_is_lost_in_a_record_that_nobody_sees(
    pair, desk, as_actor, as_administrator, writes
):
    def write():
        with as_actor(desk.doctor.actor) as session:
            if writes == "a note":
                write_note(session, pair.merged.id, note=note())
            else:
                asked = NewReferral("C-CARD", "Chest pain", "I20.8", Priority.PLANNED)
                send_referral(session, pair.merged.id, asked)

    with ThreadPoolExecutor(1) as beside:
        with as_actor(pair.registrar.actor) as session:
            merge_records(
                session, survivor_id=pair.survivor.id, merged_id=pair.merged.id, reason=REASON, seen=None
            )
            writing = beside.submit(write)
            sleep(0.5)
            assert not writing.done()
        # Whoever had not looked yet when it was done finds nobody.
        with pytest.raises((Stale, NotFound)):
            writing.result(timeout=10)

    assert stands(as_administrator, "emr.entry", pair.merged.id) == 0
    assert stands(as_administrator, "dispatch.referral", pair.merged.id) == 0


def test_of_two_registrars_at_once_one_joins(pair, people, as_actor):
    other = people.registrar(facility_id=pair.registrar.facility_id)

    def join(registrar):
        with as_actor(registrar.actor) as session:
            return merge_records(
                session, survivor_id=pair.survivor.id, merged_id=pair.merged.id, reason=REASON, seen=None
            )

    with ThreadPoolExecutor(2) as both:
        done = [both.submit(join, each) for each in (pair.registrar, other)]
    faults = [each.exception() for each in done]
    assert sorted(fault is None for fault in faults) == [False, True]
    assert all(fault is None or isinstance(fault, (Stale, NotFound)) for fault in faults)


def test_the_list_of_accesses_shows_looks_at_both_and_afterwards_each_its_own(pair, desk, as_actor):
    for each in (pair.survivor, pair.merged):
        with as_actor(desk.doctor.actor) as session:
            open_chart(session, each.id)

    def opened(patient):
        with as_actor(patient.actor) as session:
            log = access_log_of(session, AccessWanted(shown=AccessLogFilter.OTHERS))
        charts = [each for each in log.acts if each.act == "chart.opened"]
        return len(charts), log.others_count - len(log.acts)

    assert opened(pair.survivor) == (1, 0)
    merge_id = pair.join()
    assert opened(pair.survivor) == (2, 0)
    pair.part(merge_id)
    assert opened(pair.survivor) == opened(pair.merged) == (1, 0)


def test_a_page_of_the_list_ends_where_the_next_begins_however_many_records_it_is_of(pair, desk, as_actor):
    for _ in range(3):
        for each in (pair.survivor, pair.merged):
            with as_actor(desk.doctor.actor) as session:
                open_chart(session, each.id)
    pair.join()

    with as_actor(pair.survivor.actor) as session:
        every = access_log_of(session, AccessWanted(shown=AccessLogFilter.EVERYONE))
        first = access_log_of(session, AccessWanted(shown=AccessLogFilter.EVERYONE), page=4)
        rest = access_log_of(
            session, AccessWanted(shown=AccessLogFilter.EVERYONE, before=first.next_before), page=100
        )
    assert [each.id for each in [*first.acts, *rest.acts]] == [each.id for each in every.acts]


def test_nobody_else_reads_the_audit_of_a_record_because_it_was_joined(pair, people, desk, as_actor, walled):
    with as_actor(desk.doctor.actor) as session:
        open_chart(session, pair.merged.id)
    pair.join()

    walled()
    stranger = people.patient()
    with as_actor(stranger.actor) as session:
        log = access_log_of(session, AccessWanted(shown=AccessLogFilter.EVERYONE))
    assert "chart.opened" not in [each.act for each in log.acts]


def test_row_security_alone_shows_the_audit_of_both_to_the_person_alone(pair, people, as_actor):
    pair.join()
    asked = select(AuditEvent.act).where(AuditEvent.patient_id == pair.merged.id)

    with as_actor(pair.survivor.actor) as session:
        assert "merge.recorded" in session.scalars(asked).all()
    for other in (people.patient(), pair.registrar, people.doctor(facility_id=pair.registrar.facility_id)):
        with as_actor(other.actor) as session:
            assert session.scalars(asked).all() == []


def test_a_look_at_the_record_that_was_joined_can_be_questioned(pair, desk, as_actor):
    with as_actor(desk.doctor.actor) as session:
        open_chart(session, pair.merged.id)
    pair.join()

    with as_actor(pair.survivor.actor) as session:
        log = access_log_of(session, AccessWanted(shown=AccessLogFilter.OTHERS))
        looked = next(each.id for each in log.acts if each.act == "chart.opened")
        case = raise_objection(session, looked, words="Never been there")
    assert case


def test_of_a_history_the_doorkeeper_changes_whose_a_row_is_and_nothing_else(engines):
    asked = text(
        "SELECT n.nspname || '.' || c.relname AS name, array_agg(a.attname::text) AS columns FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
        "WHERE EXISTS (SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgrelid = c.oid "
        "AND p.proname = 'refuse_change') AND has_column_privilege(:role, c.oid, a.attnum, 'UPDATE') GROUP BY 1"
    )
    deleted = text(
        "SELECT c.relname FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE p.proname = 'refuse_change' AND (has_table_privilege(:role, c.oid, 'DELETE') "
        "OR has_table_privilege(:role, c.oid, 'TRUNCATE'))"
    )
    with engines["owner"].connect() as connection:
        changed = connection.execute(asked, {"role": DOORKEEPER}).all()
        gone = connection.execute(deleted, {"role": DOORKEEPER}).scalars().all()

    assert len(changed) > 15
    assert {
        each.name: set(each.columns) - WHOSE - FOLLOWS
        for each in changed
        if set(each.columns) - WHOSE - FOLLOWS
    } == {}
    assert gone == []


@pytest.mark.parametrize("role", [WEB, LOADER, WORKER, OWNER])
def test_whose_a_row_of_a_history_is_nobody_else_changes(as_administrator, pair, desk, as_actor, role):
    signed_note(as_actor, desk.doctor, pair.merged.id)

    with (
        pytest.raises(DBAPIError, match=r"permission denied|never changed"),
        as_administrator() as connection,
    ):
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        connection.execute(text("UPDATE emr.entry SET patient_id = patient_id"))


def test_the_seal_of_an_event_names_whom_it_was_sealed_for_and_nobody_writes_it(
    pair, desk, as_actor, as_administrator
):
    referral = desk.sent(pair.merged)
    merge_id = pair.join()
    asked = text(
        "SELECT sealed_patient_id, dispatch.digest_of_event(e) = sha256 FROM dispatch.referral_event e "
        "WHERE referral_id = :id ORDER BY seq"
    )

    with as_administrator() as connection:
        assert connection.execute(asked, {"id": referral}).all() == [(pair.merged.id, True)]
    desk.booked(referral, desk.slot(starts_in=timedelta(days=4)))
    with as_administrator() as connection:
        assert connection.execute(asked, {"id": referral}).all() == [(pair.merged.id, True), (None, True)]
    pair.part(merge_id)
    with as_administrator() as connection:
        assert connection.execute(asked, {"id": referral}).all() == [(None, True), (pair.survivor.id, True)]


def test_what_leaves_names_the_person_of_the_record_that_stays(pair, desk, as_actor):
    entry = signed_note(as_actor, desk.doctor, pair.merged.id)
    merge_id = pair.join()

    def leaves(patient):
        with as_actor(patient.actor) as session:
            return json.dumps(record_in_fhir(session, patient.id), default=str)

    told = leaves(pair.survivor)
    assert str(entry) in told
    assert f"Patient/{pair.survivor.id}" in told
    assert str(pair.merged.id) not in told
    pair.part(merge_id)
    assert f"Patient/{pair.merged.id}" in leaves(pair.merged)


def test_the_database_takes_nothing_new_for_a_record_that_was_joined_and_says_so(pair, people, as_loader):
    pair.join()

    with pytest.raises(Stale, match="joined with another meanwhile"), as_loader() as session:
        begin_care(
            session, patient_id=pair.merged.id, facility_id=people.facility(), basis=CareBasis.ATTACHMENT
        )
