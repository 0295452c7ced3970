"""Records by the hundred thousand, written by the database itself, and people signed in to read them."""

import secrets

from sqlalchemy import Connection, Engine, create_engine, text

from foundation.postgres.embedded.address import ADMINISTRATOR, ServerAddress
from foundation.sealing import token_digest

ENTRIES_A_PATIENT = 50
FACILITIES = 42

# Triggers and foreign keys rest while rows that are right by construction are written.
TRUSTING = "SET session_replication_role = replica"
FACILITY_ROWS = """
INSERT INTO identity.facility (id, code, kind, name_en, name_ru, settlement_en, settlement_ru)
SELECT uuidv7(), 'B-' || n, 'polyclinic', 'Polyclinic No ' || n, 'Поликлиника № ' || n, 'Orenburg', 'Оренбург'
FROM generate_series(1, :facilities) n ON CONFLICT DO NOTHING
"""
PATIENT_ROWS = """
INSERT INTO identity.patient (id, family_name, given_name, middle_name, birth_date, sex, sort_key)
SELECT uuidv7(), 'Иванова', 'Анна', 'Петровна', date '1930-01-01' + n % 30000, 'female', 'иванова анна ' || n
FROM generate_series(1, :patients) n RETURNING id
"""
# One statement for the four tables of a signed entry, so that they agree; a day and a bit lie between two entries.
ENTRY_ROWS = """
WITH fresh AS MATERIALIZED (
    SELECT uuidv7() AS id, p.id AS patient_id, f.id AS facility_id, f.name_en, f.name_ru, n,
           (ARRAY['result', 'visit', 'note', 'medicine', 'diagnosis', 'immunisation'])[1 + n % 6] AS kind,
           timestamptz '2026-05-01 08:00+05' - (n * 53 + p.row % 24) * interval '1 hour' AS at
    FROM (SELECT id, row_number() OVER () AS row FROM unnest(CAST(:patients AS uuid[])) AS id) p
    CROSS JOIN generate_series(1, :each) n
    JOIN (SELECT *, row_number() OVER (ORDER BY code) AS row FROM identity.facility WHERE code LIKE 'B-%') f
      ON f.row = 1 + (p.row + n) % :facilities
), entries AS (
    INSERT INTO emr.entry (id, patient_id, kind, facility_id, created_at)
    SELECT id, patient_id, kind, facility_id, at FROM fresh
), versions AS (
    INSERT INTO emr.entry_version (entry_id, number, patient_id, content, content_sha256, previous_sha256,
                                   author_role, facility_id, effective_at, recorded_at, reason)
    SELECT id, 1, patient_id,
           jsonb_build_object('resourceType', 'Observation', 'id', id, 'status', 'final', 'subject',
                              jsonb_build_object('reference', 'Patient/' || patient_id), 'valueInteger', n),
           md5(id::text), '', 'source', facility_id, at, at, ''
    FROM fresh
), signatures AS (
    INSERT INTO emr.signature (id, entry_id, number, patient_id, meaning, method, signed_sha256, signed_at)
    SELECT uuidv7(), id, 1, patient_id, 'source', 'import', md5(id::text), at FROM fresh
)
INSERT INTO emr.entry_summary (entry_id, patient_id, kind, effective_at, facility_id, number, facts)
SELECT id, patient_id, kind, at, facility_id, 1, jsonb_build_object(
    'headline', jsonb_build_array('Haemoglobin in the blood', 'Гемоглобин в крови'),
    'value', jsonb_build_array((90 + n) || ' g/l', (90 + n) || ' г/л'),
    'place', jsonb_build_array(name_en, name_ru), 'flag', CASE WHEN n % 10 = 0 THEN 'high' ELSE '' END)
FROM fresh
"""
PATIENTS_AT_ONCE = 2000


class Region:
    """The administrator's hand in the benchmark's own database."""

    def __init__(self, address: ServerAddress) -> None:
        self._engine: Engine = create_engine(address.url(ADMINISTRATOR))
        self.patients: list[str] = []
        with self._trusting() as connection:
            connection.execute(text(FACILITY_ROWS), {"facilities": FACILITIES})
            connection.commit()

    @property
    def entries(self) -> int:
        return len(self.patients) * ENTRIES_A_PATIENT

    def grow_to(self, entries: int) -> None:
        """Add patients, each with a record, until there are that many entries."""
        while self.entries < entries:
            count = min(PATIENTS_AT_ONCE, (entries - self.entries) // ENTRIES_A_PATIENT)
            with self._trusting() as connection:
                made = connection.execute(text(PATIENT_ROWS), {"patients": count}).scalars().all()
                connection.execute(
                    text(ENTRY_ROWS),
                    {"patients": list(made), "each": ENTRIES_A_PATIENT, "facilities": FACILITIES},
                )
                connection.commit()
            self.patients += map(str, made)
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # Until a commit is on disk, VACUUM takes its rows for unseen.
            connection.execute(text("RESET synchronous_commit; CHECKPOINT"))
            connection.execute(text("VACUUM (ANALYZE)"))
            connection.execute(text("CHECKPOINT"))

    def sign_in(self, patient_ids: list[str]) -> list[str]:
        """A living session for each; returns the tokens that browsers would hold."""
        tokens = [secrets.token_urlsafe(32) for _ in patient_ids]
        with self._trusting() as connection:
            for patient_id, token in zip(patient_ids, tokens, strict=True):
                connection.execute(
                    text(
                        "INSERT INTO identity.session (id, token_sha256, account_id, actor_kind, patient_id, role, "
                        "provider, issuer, subject, provider_session, level, authenticated_at, began_at, "
                        "last_seen_at, expires_at) VALUES (uuidv7(), :digest, uuidv7(), 'citizen', :patient, "
                        "'patient', 'bench', 'https://bench', '', '', 4, now(), now(), now(), "
                        "now() + interval '8 hours')"
                    ),
                    {"digest": token_digest(token), "patient": patient_id},
                )
            connection.commit()
        return tokens

    def close(self) -> None:
        self._engine.dispose()

    def _trusting(self) -> Connection:
        connection = self._engine.connect()
        connection.execute(text(TRUSTING))
        return connection
