"""A whole region by the million, written by the database itself: people, records, referrals, slots, audit rows.

Rows are right by construction, so triggers and foreign keys rest; who and what they name exists all the same.
"""

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, create_engine, text

from benchmarks.many_entries import FACILITIES, FACILITY_ROWS, TRUSTING
from foundation import sealing
from foundation.postgres.embedded.address import ADMINISTRATOR, ServerAddress
from identity.patients.tables import SEALED_AS
from identity.roles import STAFF_ROLES, Role

SCHEMAS = ["foundation", "identity", "dispatch", "archive", "emr", "portal"]
SECRET = "of the benchmark's own database, which lives for a few minutes"
SNILS = "112-233-445 95"
ENTRIES_A_PATIENT = 25
# For every open referral there are some that were served: a year's archive.
SERVED_FOR_EACH_OPEN = 10
DAYS_OF_SLOTS = 60
PATIENTS_AT_ONCE = 4000


@dataclass(frozen=True)
class Size:
    """How large the region is; there are as many audit rows as entries."""

    open_referrals: int
    slots: int
    entries: int

    @property
    def patients(self) -> int:
        return self.entries // ENTRIES_A_PATIENT


SMALL = Size(open_referrals=130, slots=20_000, entries=10_000)
LARGE = Size(open_referrals=2_000, slots=1_000_000, entries=1_000_000)

PLACES = """
INSERT INTO identity.facility (id, code, kind, name_en, name_ru, settlement_en, settlement_ru)
VALUES (uuidv7(), 'DC-001', 'dispatching_center', 'Dispatching Center', 'Диспетчерский центр', 'Orenburg', 'Оренбург')
ON CONFLICT DO NOTHING;
UPDATE identity.facility SET latitude = 51.7 + row / 40.0, longitude = 55.1 + row / 30.0
FROM (SELECT id AS place, row_number() OVER (ORDER BY code) AS row FROM identity.facility) numbered WHERE place = id;
INSERT INTO identity.staff_member (id, family_name, given_name, middle_name, position_en, position_ru)
SELECT id, 'Докторова', 'Мария', 'Ильинична', 'General practitioner', 'Врач общей практики' FROM identity.facility;
INSERT INTO identity.staff_post (id, staff_id, facility_id, role, began_at)
SELECT uuidv7(), id, id, CASE code WHEN 'DC-001' THEN 'dispatcher' ELSE 'doctor' END, now() FROM identity.facility;
INSERT INTO identity.staff_post (id, staff_id, facility_id, role, began_at)
SELECT uuidv7(), id, id, role, now() FROM identity.facility, unnest(CAST(:roles AS text[])) AS role
WHERE code = 'DC-001' AND role NOT IN ('doctor', 'dispatcher');
CREATE TEMPORARY TABLE place AS
SELECT id, row_number() OVER (ORDER BY code) - 1 AS row FROM identity.facility WHERE code <> 'DC-001';
CREATE TEMPORARY TABLE offered AS
SELECT s.code, s.kind, row_number() OVER (ORDER BY s.code) - 1 AS row FROM dispatch.service s;
CREATE TEMPORARY TABLE made_patient (id uuid, row bigint, place uuid)
"""
# The first name of every patient is followed by a number in the sort key alone, so that searches have to choose.
PATIENTS = """
INSERT INTO made_patient SELECT uuidv7(), n - 1, p.id
FROM generate_series(1, :patients) n JOIN place p ON p.row = n % :places;
INSERT INTO identity.patient (id, family_name, given_name, middle_name, birth_date, sex, sort_key)
SELECT id, 'Иванова', 'Анна', 'Петровна', date '1930-01-01' + row::int % 30000, 'female', 'иванова анна ' || row
FROM made_patient;
INSERT INTO identity.patient_identifier (id, patient_id, system, value_digest, value_sealed)
SELECT uuidv7(), id, 'urn:oid:1.2.643.100.3', sha256(id::text::bytea), :sealed FROM made_patient;
INSERT INTO identity.care_relation (id, patient_id, facility_id, basis, began_at)
SELECT uuidv7(), id, place, 'attachment', now() - interval '1 year' FROM made_patient;
INSERT INTO identity.account (id, issuer, subject, made_at) SELECT id, 'urn:bench', 'asks ' || row, now() FROM made_patient;
INSERT INTO identity.record_request (id, account_id, facility_id, proven_sealed, asked_on, asked_at)
SELECT uuidv7(), id, place, '', current_date, now() - row % 60 * interval '1 day' FROM made_patient;
INSERT INTO identity.record_request_answer (request_id, account_id, outcome, reason, staff_id, facility_id)
SELECT r.id, r.account_id, 'linked', '', (SELECT id FROM identity.staff_member LIMIT 1), r.facility_id
FROM identity.record_request r JOIN made_patient p ON p.id = r.account_id WHERE p.row % 2 = 0;
INSERT INTO identity.confirmed_identity (id, account_id, patient_id, document_kind, evidence_digest, staff_id, facility_id,
                                         request_id)
SELECT uuidv7(), a.account_id, a.account_id, 'passport', repeat('0', 64), a.staff_id, a.facility_id, a.request_id
FROM identity.record_request_answer a JOIN made_patient p ON p.id = a.account_id;
INSERT INTO identity.confirmed_identity_end (confirmation_id, patient_id, reason, staff_id, facility_id)
SELECT c.id, c.patient_id, 'by_mistake', c.staff_id, c.facility_id
FROM identity.confirmed_identity c JOIN made_patient p ON p.id = c.patient_id WHERE p.row % 4 = 0;
INSERT INTO emr.import_conflict (id, patient_id, kind, source_system, told, held, content_sha256, raised_at)
SELECT uuidv7(), id, 'name', 'urn:bench', '{"family": "", "given": "", "middle": "", "birth": ""}', '{"resources": []}', '', now()
FROM made_patient WHERE row % 5 = 0;
INSERT INTO emr.conflict_answer (id, conflict_id, patient_id, choice, family_name, given_name, middle_name, birth, reason,
                                 staff_id, facility_id)
SELECT uuidv7(), c.id, c.patient_id, 'ours', '', '', '', '', 'bench', f.staff_id, f.facility_id
FROM emr.import_conflict c JOIN identity.confirmed_identity f ON f.patient_id = c.patient_id;
INSERT INTO emr.conflict_outcome (answer_id, patient_id, carried_out, stored, refused, why)
SELECT id, patient_id, true, 0, 0, '' FROM emr.conflict_answer;
INSERT INTO emr.import_conflict_decision (conflict_id, patient_id, decision, reason, decided_by, decided_at)
SELECT conflict_id, patient_id, 'rejected', 'bench', 'bench', now() FROM emr.conflict_answer;
INSERT INTO identity.death (id, patient_id, died_on, document_kind, evidence_digest, staff_id, facility_id)
SELECT c.id, c.patient_id, current_date, 'death_certificate', repeat('0', 64), c.staff_id, c.facility_id
FROM identity.confirmed_identity c;
INSERT INTO identity.death_undone (death_id, patient_id, reason, staff_id, facility_id)
SELECT d.id, d.patient_id, 'by_mistake', d.staff_id, d.facility_id FROM identity.death d;
INSERT INTO portal.record_visit (session_id, patient_id, began_at)
SELECT uuidv7(), id, now() - interval '40 days' FROM made_patient;
INSERT INTO emr.directory_resource (id, resource_id, resource_type, source_system, source_identifier, name, content,
                                    content_sha256, recorded_at)
SELECT id, id, 'Practitioner', 'urn:bench', row::text, 'Doctor ' || row, '{"resourceType": "Practitioner"}', md5(row::text),
       now() FROM made_patient
"""
ENTRIES = """
CREATE TEMPORARY TABLE made_entry ON COMMIT DROP AS
SELECT uuidv7() AS id, p.id AS patient_id, p.place AS facility_id, f.name_en, f.name_ru, n,
       (ARRAY['result', 'visit', 'note', 'medicine', 'diagnosis', 'immunisation', 'vital', 'allergy'])[1 + n % 8] AS kind,
       now() - (n * 53 + p.row % 24) * interval '1 hour' AS at
FROM made_patient p JOIN identity.facility f ON f.id = p.place CROSS JOIN generate_series(1, :each) n
WHERE p.row >= :first AND p.row < :last ORDER BY p.row, n DESC;
INSERT INTO emr.entry (id, patient_id, kind, facility_id, created_at)
SELECT id, patient_id, kind, facility_id, at FROM made_entry;
INSERT INTO emr.entry_version (entry_id, number, patient_id, content, content_sha256, previous_sha256,
                               author_role, facility_id, effective_at, recorded_at, reason)
SELECT id, 1, patient_id,
       jsonb_build_object('resourceType', 'Observation', 'id', id, 'status', 'final', 'valueInteger', n),
       md5(id::text), '', 'source', facility_id, at, at, '' FROM made_entry;
INSERT INTO emr.signature (id, entry_id, number, patient_id, meaning, method, signed_sha256, signed_at)
SELECT uuidv7(), id, 1, patient_id, 'source', 'import', md5(id::text), at FROM made_entry;
INSERT INTO emr.entry_summary (entry_id, patient_id, kind, effective_at, facility_id, number, facts)
SELECT id, patient_id, kind, at, facility_id, 1, jsonb_build_object(
    'headline', jsonb_build_array('Haemoglobin in the blood, ' || n % 9, 'Гемоглобин в крови, ' || n % 9),
    'value', jsonb_build_array((90 + n) || ' g/l', (90 + n) || ' г/л'), 'code', 'code-' || n % 5,
    'place', jsonb_build_array(name_en, name_ru), 'flag', CASE WHEN n % 10 = 0 THEN 'high' ELSE '' END)
FROM made_entry;
INSERT INTO portal.notice (id, patient_id, kind, object_id, occurrence, happened_at)
SELECT uuidv7(), patient_id, 'entry', id, '', at FROM made_entry WHERE n <= 10
"""
# Each entry was looked at once: by the doctor mostly, by the patient sometimes; who looks when is anybody's guess.
AUDIT = """
INSERT INTO foundation.audit_event (at, actor_kind, account_id, staff_id, facility_id, role, session_id, patient_id,
                                    act, object_kind, object_id, reason)
SELECT now() - looked.row * interval '3 seconds', CASE WHEN own THEN 'citizen' ELSE 'staff' END, gen_random_uuid(),
       CASE WHEN own THEN NULL ELSE facility_id END, CASE WHEN own THEN NULL ELSE facility_id END,
       CASE WHEN own THEN 'patient' ELSE 'doctor' END, gen_random_uuid(), patient_id,
       'entry.opened', 'entry', id, ''
FROM (SELECT id, patient_id, facility_id, hashtext(id::text) % 5 = 0 AS own,
             row_number() OVER (ORDER BY hashtext(id::text)) AS row FROM emr.entry) looked
ORDER BY looked.row DESC
"""
STUDIES = """
INSERT INTO archive.study (id, study_instance_uid, patient_id, facility_id, started_on, description,
                           sent_patient_identifier, sent_patient_name, institution_name, arrived_at)
SELECT id, '2.25.1' || row, id, place, current_date - 9, 'Chest', '', '', '', now() - interval '9 days' FROM made_patient;
INSERT INTO archive.series (id, study_id, patient_id, study_instance_uid, series_instance_uid, modality, description)
SELECT id, id, id, '2.25.1' || row, '2.25.2' || row, 'CT', 'Axial' FROM made_patient;
INSERT INTO archive.series_metadata (series_id, patient_id, study_instance_uid, series_instance_uid, instance_count,
                                     packed, etag)
SELECT id, id, '2.25.1' || row, '2.25.2' || row, 2, 'x', md5(row::text) FROM made_patient;
INSERT INTO archive.instance (id, series_id, patient_id, study_instance_uid, series_instance_uid, sop_instance_uid,
    sop_class_uid, content_sha256, content_size, data_set_offset, content_transfer_syntax_uid, served_size,
    served_transfer_syntax_uid, cell_bytes, frame_count, span_offsets, span_lengths, spans_in_frame)
SELECT uuidv7(), id, id, '2.25.1' || row, '2.25.2' || row, '2.25.3' || row || n, '1.2.840.10008.5.1.4.1.1.2',
       md5(row::text || n), 1, 1, '1.2.840.10008.1.2.1', 1, '1.2.840.10008.1.2.1', 1, 1, '{}', '{}', '{}'
FROM made_patient CROSS JOIN generate_series(1, 2) n
"""
# Times of every service at every place, evenly over the days before and after now.
SLOTS = """
WITH room AS (
    INSERT INTO dispatch.resource (id, facility_id, kind, name_en, name_ru)
    SELECT uuidv7(), p.id, 'room', 'Room of ' || s.code, 'Кабинет ' || s.code FROM place p CROSS JOIN offered s
    RETURNING id, facility_id, name_en, name_ru
)
INSERT INTO dispatch.slot (id, service_code, facility_id, resource_id, resource_en, resource_ru, starts_at, ends_at)
SELECT uuidv7(), s.code, p.id, r.id, r.name_en, r.name_ru, starts_at, starts_at + interval '20 minutes'
FROM generate_series(0, :slots - 1) n
JOIN place p ON p.row = n % :places
JOIN offered s ON s.row = n / :places % :services
JOIN room r ON r.facility_id = p.id AND r.name_en = 'Room of ' || s.code
CROSS JOIN LATERAL (SELECT now() + (n / (:places * :services)) * interval '1 day' * :days
    / (1 + :slots / (:places * :services)) - :days / 2 * interval '1 day' AS starts_at) at
"""
# Six of ten open referrals wait for a slot, three have one, one was missed; the others were served in the past.
REFERRALS = """
CREATE TEMPORARY TABLE made_referral AS
SELECT uuidv7() AS id, n, p.id AS patient_id, p.place, s.code, t.id AS term,
       CASE WHEN n > :open THEN 'served' WHEN n % 10 < 6 THEN 'submitted' WHEN n % 10 < 9 THEN 'booked' ELSE 'no_show' END
           AS state,
       CASE WHEN n % 50 = 0 THEN 'emergency' WHEN n % 7 = 0 THEN 'urgent' ELSE 'planned' END AS priority,
       date_trunc('second', now()) - CASE WHEN n > :open THEN interval '40 days' ELSE interval '0' END
           - (1 + n * 37 % 600) * interval '1 hour' AS sent_at
FROM generate_series(1, :open * (1 + :served)) n
JOIN made_patient p ON p.row = n % :patients
JOIN offered s ON s.row = n % :services
CROSS JOIN LATERAL (SELECT id FROM dispatch.waiting_term w WHERE w.service_kind = s.kind AND w.priority =
    CASE WHEN n % 50 = 0 THEN 'emergency' WHEN n % 7 = 0 THEN 'urgent' ELSE 'planned' END AND w.valid_to > now() LIMIT 1) t
ORDER BY n DESC;
INSERT INTO dispatch.referral (id, number, patient_id, from_facility_id, referrer_id, service_code, reason,
    diagnosis_code, priority, submitted_at, due_on, due_at, waiting_term_id, state, open, version, owner_id, next_action_due)
SELECT id, 'R-2026-' || n, patient_id, place, place, code, 'Chest pain on exertion', 'I20.8', priority, sent_at,
       (sent_at + wait)::date, sent_at + wait, term, state, state <> 'served',
       CASE state WHEN 'submitted' THEN 1 WHEN 'booked' THEN 2 ELSE 3 END,
       CASE WHEN state <> 'served' THEN (SELECT id FROM identity.facility WHERE code = 'DC-001') END,
       CASE WHEN state <> 'served' THEN sent_at + wait END
FROM made_referral CROSS JOIN LATERAL (SELECT CASE priority WHEN 'emergency' THEN interval '1 day'
    WHEN 'urgent' THEN interval '2 days' ELSE interval '20 days' + n % 24 * interval '1 hour' END AS wait) w;
INSERT INTO dispatch.referral_event (referral_id, seq, patient_id, from_state, to_state, act, actor_role,
    actor_staff_id, actor_facility_id, at, reason, previous_sha256, sha256)
SELECT id, seq, patient_id, (ARRAY['', 'submitted', 'booked'])[seq],
       CASE seq WHEN 1 THEN 'submitted' WHEN 2 THEN 'booked' ELSE state END,
       CASE seq WHEN 1 THEN 'referral.sent' WHEN 2 THEN 'referral.booked' ELSE
           CASE state WHEN 'served' THEN 'visit.served' ELSE 'visit.missed' END END,
       CASE seq WHEN 1 THEN 'doctor' ELSE 'dispatcher' END, place, place, sent_at + seq * interval '1 minute', '',
       CASE seq WHEN 1 THEN '' ELSE encode(sha256(n::text::bytea), 'hex') END, encode(sha256(n::text::bytea), 'hex')
FROM made_referral
CROSS JOIN LATERAL generate_series(1, CASE state WHEN 'submitted' THEN 1 WHEN 'booked' THEN 2 ELSE 3 END) seq;
CREATE TEMPORARY TABLE made_booking AS
SELECT uuidv7() AS id, r.id AS referral_id, r.patient_id, r.state, s.id AS slot_id, s.starts_at
FROM (SELECT *, row_number() OVER (PARTITION BY code, state ORDER BY n) AS row FROM made_referral WHERE state <> 'submitted') r
JOIN (SELECT id, service_code, starts_at, past, row_number() OVER (PARTITION BY service_code, past ORDER BY starts_at, id) AS row
      FROM (SELECT *, starts_at < now() AS past FROM dispatch.slot
            WHERE starts_at < now() OR starts_at > now() + interval '3 days') s) s
  ON s.service_code = r.code AND s.past = (r.state <> 'booked') AND s.row = r.row;
INSERT INTO dispatch.booking (id, referral_id, patient_id, slot_id, booked_at, state, live)
SELECT id, referral_id, patient_id, slot_id, now(), CASE state WHEN 'served' THEN 'fulfilled' ELSE state END, state = 'booked'
FROM made_booking;
INSERT INTO dispatch.booking_outcome (booking_id, patient_id, outcome, recorded_at)
SELECT id, patient_id, state, now() FROM made_booking WHERE state <> 'booked';
INSERT INTO dispatch.slot_occupancy (slot_id, booking_id, referral_id, patient_id, starts_at)
SELECT slot_id, id, referral_id, patient_id, starts_at FROM made_booking WHERE state = 'booked';
INSERT INTO dispatch.occupation (booking_id, slot_id, subject_kind, subject_id, lane, during)
SELECT b.id, b.slot_id, subject.kind, subject.id,
       row_number() OVER (PARTITION BY subject.kind, subject.id ORDER BY b.starts_at) - 1,
       tstzrange(b.starts_at, b.starts_at + interval '20 minutes')
FROM made_booking b JOIN dispatch.slot s ON s.id = b.slot_id
CROSS JOIN LATERAL (VALUES ('patient', b.patient_id), ('resource', s.resource_id)) AS subject (kind, id)
WHERE b.state = 'booked';
UPDATE dispatch.slot SET taken = true WHERE id IN (SELECT slot_id FROM dispatch.slot_occupancy);
INSERT INTO dispatch.booking_cancellation (booking_id, patient_id, reason, cancelled_at)
SELECT uuidv7(), patient_id, 'The patient asked for another day', now() FROM made_booking;
UPDATE dispatch.referral SET next_action_due = b.starts_at + interval '20 minutes'
FROM made_booking b WHERE b.referral_id = referral.id AND b.state = 'booked';
INSERT INTO identity.care_relation (id, patient_id, facility_id, basis, began_at, ends_at)
SELECT uuidv7(), patient_id, (SELECT id FROM identity.facility WHERE code = 'DC-001'), 'referral', min(sent_at),
       CASE WHEN bool_or(state <> 'served') THEN 'infinity' ELSE max(sent_at) + interval '9 days' END
FROM made_referral GROUP BY patient_id
"""
# Everybody has looked at their record once, a year ago.
PAST_SESSIONS = """
INSERT INTO identity.patient_link (id, account_id, patient_id, basis, level, made_at)
SELECT uuidv7(), gen_random_uuid(), id, 'bench', 4, now() - interval '1 year' FROM made_patient;
INSERT INTO identity.session (id, token_sha256, account_id, actor_kind, patient_id, role, provider, issuer, subject,
    provider_session, level, authenticated_at, began_at, last_seen_at, expires_at)
SELECT uuidv7(), sha256(account_id::text::bytea), account_id, 'citizen', patient_id, 'patient', 'bench', 'https://bench', '',
       '', 4, made_at, made_at, made_at, made_at + interval '8 hours'
FROM identity.patient_link;
INSERT INTO identity.session_end (session_id, ended_at, reason)
SELECT id, last_seen_at, 'signed out' FROM identity.session
"""
SESSIONS = """
INSERT INTO identity.session (id, token_sha256, account_id, actor_kind, patient_id, staff_id, facility_id, role,
    provider, issuer, subject, provider_session, level, authenticated_at, began_at, last_seen_at, expires_at)
VALUES (uuidv7(), :digest, gen_random_uuid(), :kind, :patient, :staff, :facility, :role,
        'bench', 'https://bench', '', '', 4, now(), now(), now(), now() + interval '8 hours')
"""


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in: the token that the browser would hold, and whose record they look at.

    `facility_id` is that of the doctor who cares for the patient, and in this region the doctor's own number as well.
    """

    token: str
    patient_id: str
    referral_id: str
    facility_id: str


class LargeRegion:
    """Fills an empty, migrated database with a region of that size."""

    def __init__(self, address: ServerAddress, size: Size) -> None:
        self.size = size
        self.engine: Engine = create_engine(address.url(ADMINISTRATOR))
        sealing.set_key(SECRET)
        with self.engine.connect() as connection:
            connection.execute(text(TRUSTING))
            connection.execute(
                text(
                    "SET synchronous_commit = off; SET maintenance_work_mem = '256MB'; SET work_mem = '128MB'"
                )
            )
            later = without_indexes(connection)
            self._fill(connection)
            for definition in later:
                connection.execute(text(definition))
            connection.commit()
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Until a commit is on disk, VACUUM takes its rows for unseen, and a small region is planned as if it had just been filled.
            connection.execute(text("RESET synchronous_commit; CHECKPOINT"))
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))

    def _fill(self, connection: Connection) -> None:
        size = self.size
        connection.execute(text(FACILITY_ROWS), {"facilities": FACILITIES})
        connection.execute(text(PLACES), {"roles": [role.value for role in STAFF_ROLES]})
        services = connection.execute(text("SELECT count(*) FROM offered")).scalar_one()
        shared = {"patients": size.patients, "places": FACILITIES, "services": services}
        connection.execute(text(PATIENTS), {**shared, "sealed": sealing.seal(SNILS, SEALED_AS)})
        connection.execute(text("ANALYZE made_patient"))
        connection.commit()
        for first in range(0, size.patients, PATIENTS_AT_ONCE):
            portion = {"each": ENTRIES_A_PATIENT, "first": first, "last": first + PATIENTS_AT_ONCE}
            connection.execute(text(ENTRIES), portion)
            connection.commit()
        connection.execute(text(AUDIT))
        connection.execute(text(PAST_SESSIONS))
        connection.execute(text(STUDIES))
        connection.execute(text(SLOTS), {**shared, "slots": size.slots, "days": DAYS_OF_SLOTS})
        connection.execute(text("ANALYZE dispatch.slot"))
        connection.execute(
            text(REFERRALS), {**shared, "open": size.open_referrals, "served": SERVED_FOR_EACH_OPEN}
        )
        connection.commit()

    def citizens(self, count: int) -> list[Visitor]:
        """Patients with an open referral, signed in."""
        return self._signed_in(count, "citizen")

    def doctors(self, count: int) -> list[Visitor]:
        """For as many such patients the doctor at the place that cares for them, signed in."""
        return self._signed_in(count, "doctor")

    def dispatchers(self, count: int) -> list[Visitor]:
        """Dispatchers, signed in, each with a referral that waits for its slot."""
        return self._signed_in(count, "dispatcher")

    def others(self, count: int, role: Role) -> list[Visitor]:
        """Staff of another role at the Dispatching Center, signed in."""
        return self._signed_in(count, role.value)

    def _signed_in(self, count: int, role: str) -> list[Visitor]:
        waiting = (
            "SELECT r.id::text, r.patient_id::text, r.from_facility_id::text AS place FROM dispatch.referral r "
            "WHERE r.state = 'submitted' AND r.priority = 'planned' ORDER BY r.number LIMIT :count"
        )
        center = "SELECT id::text FROM identity.facility WHERE code = 'DC-001'"
        visitors, sessions = [], []
        with self.engine.connect() as connection:
            connection.execute(text(TRUSTING))
            desk = connection.execute(text(center)).scalar_one()
            for referral_id, patient_id, place in connection.execute(text(waiting), {"count": count}):
                token = secrets.token_urlsafe(32)
                visitors.append(Visitor(token, patient_id, referral_id, place))
                sessions.append(
                    _session(token, role, patient_id, place if role in ("citizen", "doctor") else desk)
                )
            connection.execute(text(SESSIONS), sessions)
            connection.commit()
        return visitors

    def close(self) -> None:
        self.engine.dispose()


def without_indexes(connection: Connection) -> list[str]:
    """Take away the indexes that keep nothing apart: made of all rows at once they cost less. Returns how to make them."""
    found = connection.execute(
        text(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            "JOIN pg_class ON pg_class.oid = indrelid "
            "WHERE NOT indisunique AND NOT indisexclusion AND relnamespace::regnamespace::text = ANY(:schemas)"
        ),
        {"schemas": SCHEMAS},
    ).all()
    for name, _ in found:
        connection.execute(text(f"DROP INDEX {name}"))
    connection.commit()
    return [definition for _, definition in found]


def _session(token: str, role: str, patient_id: str, place: str) -> dict[str, object]:
    if role == "citizen":
        own = {"kind": "citizen", "role": "patient", "patient": patient_id, "staff": None, "facility": None}
    else:
        own = {"kind": "staff", "role": role, "patient": None, "staff": place, "facility": place}
    return {"digest": sealing.token_digest(token), **own}
