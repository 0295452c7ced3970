"""What somebody who runs SQL of their own as center_web, with a doctor's context, can still not write into a record."""

from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from emr.content.rules.digests import signed_digest
from emr.entries.tables.entries import EntryVersion
from emr.entries.tables.signatures import Signature
from emr.notes.actions.notes import save_note, write_note
from emr.notes.actions.signatures import sign_entry
from emr.summaries.actions import rebuild_entry
from foundation.identifiers import new_id
from identity.roles import Role
from tests.emr.notes.factories import note
from tests.verifying import broken_summaries, broken_versions

ADD_VERSION = """
INSERT INTO emr.entry_version (
    entry_id, number, patient_id, content, content_sha256, previous_sha256, author_id, author_role, facility_id,
    effective_at, recorded_at, reason)
SELECT entry_id, {number}, patient_id, {content}, {sha256}, {previous}, foundation.actor_staff(), 'doctor',
    foundation.actor_facility(), effective_at, {at}, 'A reason'
FROM emr.entry_version WHERE entry_id = :entry ORDER BY number DESC LIMIT 1
"""
AS_IT_SHOULD_BE = {
    "number": "number + 1",
    "content": "content",
    "sha256": "content_sha256",
    "previous": "content_sha256",
    "at": "now()",
}
SIGN = """
INSERT INTO emr.signature (id, entry_id, number, patient_id, signer_id, meaning, method, signed_sha256, signed_at)
SELECT gen_random_uuid(), entry_id, number, patient_id, foundation.actor_staff(), {meaning}, {method}, {sha256}, {at}
FROM emr.entry_version WHERE entry_id = :entry AND number = {number}
"""
SIGNED_AS_IT_SHOULD_BE = {
    "number": "2",
    "meaning": "'author'",
    "method": "'signed-in session'",
    "sha256": "CAST(:sha256 AS text)",
    "at": "now()",
}


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def colleague(people, doctor):
    return people.doctor(facility_id=doctor.facility_id)


@pytest.fixture
def entry(people, as_actor, doctor):
    """A note of the doctor's: its first version is signed, its second is not."""
    patient = people.patient(cared_for_at=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        entry_id = write_note(session, patient.id, note=note())
        sign_entry(session, entry_id, seen_number=1)
        save_note(session, entry_id, note=note(plan="Антибиотик"), seen_number=1, reason="Пришёл посев")
    return entry_id


@pytest.fixture
def refused(as_actor, doctor, entry):
    """`refused(sql)`: whoever runs it with the doctor's context, or that of `by`, is refused."""

    def run(sql, *, by=doctor.actor, **values):
        with pytest.raises(SQLAlchemyError) as told, as_actor(by) as session:
            session.execute(text(sql), {"entry": entry, **values})
        return str(told.value)

    return run


def _digest(session, entry, number):
    version = session.get_one(EntryVersion, (entry, number))
    return signed_digest(
        entry_id=entry,
        number=number,
        content_sha256=version.content_sha256,
        previous_sha256=version.previous_sha256,
    )


@pytest.mark.parametrize(
    "change",
    [
        'facts = facts || \'{"headline": ["x", "x"]}\'',
        "effective_at = effective_at - interval '1 day'",
        "number = 2",
        "author_id = NULL",
    ],
)
def test_a_line_is_not_changed_but_by_signing(refused, change):
    assert "signed in the same step" in refused(
        f"UPDATE emr.entry_summary SET {change} WHERE entry_id = :entry"
    )


def test_a_line_is_not_invented(refused, as_actor, doctor, people):
    patient = people.patient(cared_for_at=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        unsigned = write_note(session, patient.id, note=note())

    told = refused(
        "INSERT INTO emr.entry_summary (entry_id, patient_id, kind, effective_at, facility_id, author_id, number, facts) "
        "VALUES (:unsigned, :patient, 'note', now(), foundation.actor_facility(), foundation.actor_staff(), 1, '{}')",
        unsigned=unsigned,
        patient=patient.id,
    )

    assert "signed in the same step" in told


@pytest.mark.parametrize(
    "change",
    [
        "effective_at = effective_at - interval '1 day'",
        "kind = 'result'",
        "facility_id = NULL",
        "entry_id = gen_random_uuid()",
        "patient_id = gen_random_uuid()",
    ],
)
def test_whoever_signs_draws_the_line_of_what_they_signed(as_actor, doctor, entry, change):
    with pytest.raises(SQLAlchemyError), as_actor(doctor.actor) as session:
        sign_entry(session, entry, seen_number=2)
        session.execute(
            text(f"UPDATE emr.entry_summary SET {change} WHERE entry_id = :entry"), {"entry": entry}
        )


@pytest.mark.parametrize(
    "forged",
    [
        {"number": "99"},
        {"number": "number"},
        {"sha256": "'nonsense'"},
        {"sha256": "repeat('a', 64)"},
        {"content": 'content || \'{"title": "x"}\''},
        {"previous": "''"},
        {"previous": "repeat('a', 64)"},
        {"at": "timestamptz '2001-01-01 00:00+00'"},
        {"at": "now() + interval '1 day'"},
    ],
)
def test_a_version_has_its_number_its_digest_its_place_and_its_time(refused, forged):
    refused(ADD_VERSION.format(**{**AS_IT_SHOULD_BE, **forged}))


def test_nobody_adds_a_version_to_another_s_note(refused, colleague):
    told = refused(ADD_VERSION.format(**AS_IT_SHOULD_BE), by=colleague.actor)

    assert "author" in told


def test_nobody_adds_a_first_version_to_another_s_unsigned_note(refused, as_actor, people, doctor, colleague):
    patient = people.patient(cared_for_at=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        unsigned = write_note(session, patient.id, note=note())

    for number in (1, 2):
        refused(
            "INSERT INTO emr.entry_version (entry_id, number, patient_id, content, author_id, author_role, facility_id, "
            "effective_at, reason) VALUES (:unsigned, :number, :patient, '{}', foundation.actor_staff(), 'doctor', "
            "foundation.actor_facility(), now(), '')",
            by=colleague.actor,
            unsigned=unsigned,
            number=number,
            patient=patient.id,
        )


@pytest.mark.parametrize(
    "forged",
    [
        {"number": "1"},
        {"sha256": "'nonsense' || :sha256"},
        {"at": "timestamptz '1999-01-01 00:00+00' + (:sha256 <> '')::int * interval '1 day'"},
        {"meaning": "'source'"},
        {"method": "'qualified certificate'"},
    ],
)
def test_a_signature_is_of_today_and_vouches_for_the_newest_version(as_actor, doctor, entry, forged):
    with pytest.raises(DBAPIError), as_actor(doctor.actor) as session:
        sha256 = _digest(session, entry, 2)
        session.execute(
            text(SIGN.format(**{**SIGNED_AS_IT_SHOULD_BE, **forged})), {"entry": entry, "sha256": sha256}
        )


def test_an_overtaken_version_is_not_signed_any_more(as_actor, doctor, people):
    patient = people.patient(cared_for_at=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        entry_id = write_note(session, patient.id, note=note())
        save_note(session, entry_id, note=note(plan="Антибиотик"), seen_number=1)

    with pytest.raises(DBAPIError, match="newest version"), as_actor(doctor.actor) as session:
        sha256 = _digest(session, entry_id, 1)
        session.execute(
            text(SIGN.format(**{**SIGNED_AS_IT_SHOULD_BE, "number": "1"})),
            {"entry": entry_id, "sha256": sha256},
        )


def test_nobody_writes_in_another_system_s_name(refused, people, doctor):
    patient = people.patient(cared_for_at=doctor.facility_id)
    told = refused(
        "INSERT INTO emr.entry (id, patient_id, kind, facility_id, created_at, source_system, source_identifier) "
        "VALUES (gen_random_uuid(), :patient, 'note', foundation.actor_facility(), now(), 'urn:other', 'x')",
        patient=patient.id,
    )

    assert "row-level security" in told


@pytest.mark.parametrize(
    "context",
    [
        {"role": Role.DISPATCHER.value},
        {"staff_id": "another"},
        {"staff_id": new_id()},
        {"facility_id": "another"},
    ],
)
def test_who_writes_holds_the_post_that_the_context_names(
    as_actor, as_administrator, people, doctor, entry, context
):
    """Somebody of another facility, say, whose context is made up of what belongs to several."""
    away = people.doctor()
    of_others = {"staff_id": away.id, "facility_id": away.facility_id}
    made_up = {name: of_others[name] if value == "another" else value for name, value in context.items()}
    written = text("SELECT entry_id, patient_id FROM emr.entry_version WHERE entry_id = :entry")
    with as_administrator() as connection:
        before = connection.execute(written, {"entry": entry}).all()
    begun = (
        "INSERT INTO emr.entry (id, patient_id, kind, facility_id, created_at) "
        "VALUES (gen_random_uuid(), :patient, 'note', foundation.actor_facility(), now())"
    )

    for sql in (ADD_VERSION.format(**AS_IT_SHOULD_BE), begun):
        with suppress(DBAPIError), as_actor(replace(doctor.actor, **made_up)) as session:
            added = session.execute(text(sql), {"entry": entry, "patient": before[0].patient_id})
            assert added.rowcount == 0

    with as_administrator() as connection:
        assert connection.execute(written, {"entry": entry}).all() == before


@pytest.mark.parametrize("ended", [False, True])
def test_a_post_that_has_ended_writes_nothing_any_more(as_actor, as_administrator, doctor, entry, ended):
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.staff_post SET ends_at = :at WHERE staff_id = :staff"),
            {"at": "2026-01-01" if ended else "2100-01-01", "staff": doctor.id},
        )

    def save():
        with as_actor(doctor.actor) as session:
            save_note(session, entry, note=note(plan="Покой"), seen_number=2, reason="Пришёл посев")

    if ended:
        with pytest.raises(DBAPIError, match="row-level security"):
            save()
    else:
        save()


def test_what_the_database_seals_is_whole(as_actor, as_loader, doctor, entry):
    with as_actor(doctor.actor) as session:
        sign_entry(session, entry, seen_number=2)

    with as_loader() as session:
        broken = broken_versions(session)[1] + broken_summaries(session)[1]
        assert [each for each in broken if each["entry"] == str(entry)] == []
        for table in (EntryVersion, Signature):
            assert session.query(table).filter_by(entry_id=entry).count() == 2


def test_what_the_process_of_the_version_before_seals_is_taken(as_actor, doctor, entry):
    """It sends digest, place and time by itself."""
    with as_actor(doctor.actor) as session:
        session.execute(text(ADD_VERSION.format(**AS_IT_SHOULD_BE)), {"entry": entry})
        sha256 = _digest(session, entry, 3)
        session.execute(
            text(SIGN.format(**{**SIGNED_AS_IT_SHOULD_BE, "number": "3"})), {"entry": entry, "sha256": sha256}
        )
        # It draws the line too, or the record would say something else than was signed.
        rebuild_entry(session, entry)


@pytest.mark.parametrize("forged", [{"number": "99"}, {"previous": "repeat('a', 64)"}])
def test_the_loader_may_tell_of_the_past_but_leaves_no_gap(as_loader, entry, forged):
    sql = ADD_VERSION.format(**{**AS_IT_SHOULD_BE, "at": "timestamptz '2001-01-01 00:00+00'", **forged})
    sql = sql.replace("foundation.actor_staff()", "NULL").replace("foundation.actor_facility()", "NULL")
    with pytest.raises(DBAPIError, match="does not follow"), as_loader() as session:
        session.execute(text(sql), {"entry": entry})


def test_nobody_takes_on_another_s_post_as_a_whole(as_actor, people, doctor, colleague, entry):
    """Who holds which post is a public register: the account must be signed in there."""
    patient = people.patient(cared_for_at=doctor.facility_id)
    taken_on = replace(colleague.actor, account_id=doctor.actor.account_id)

    with pytest.raises(DBAPIError, match="row-level security"), as_actor(taken_on) as session:
        write_note(session, patient.id, note=note())
    with as_actor(colleague.actor) as session:
        write_note(session, patient.id, note=note())


def test_who_has_signed_out_writes_nothing_any_more(as_actor, as_administrator, people, doctor):
    patient = people.patient(cared_for_at=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        write_note(session, patient.id, note=note())
    with as_administrator() as connection:
        connection.execute(
            text(
                "INSERT INTO identity.session_end (session_id, ended_at, reason) "
                "SELECT id, now(), 'test' FROM identity.session WHERE account_id = :account"
            ),
            {"account": doctor.actor.account_id},
        )

    with pytest.raises(DBAPIError, match="row-level security"), as_actor(doctor.actor) as session:
        write_note(session, patient.id, note=note())


@pytest.mark.parametrize("column", ["account_id", "session_id"])
def test_the_audit_tells_nobody_which_account_is_whose(as_actor, people, column):
    with (
        pytest.raises(DBAPIError, match="permission denied"),
        as_actor(people.patient().actor) as session,
    ):
        session.execute(text(f"SELECT {column} FROM foundation.audit_event"))
