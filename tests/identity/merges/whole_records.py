"""A person of whom everything is kept that a record can hold, and all rows of two people as they stand."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from psycopg2.extras import Json
from sqlalchemy import Connection, Enum, text

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from emr.hidings.actions import hide_entry, show_entry
from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from tests.archive_gateway.studies.factories import study_of
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import amended_note, signed_note, unsigned_note
from tests.people import MadePatient, MadeStaff

# Of the past of one record alone, or of what is counted in another way.
STAYS = {
    "identity.consent": "what was agreed to in that name; no is what counts until the person is asked in the other",
    "identity.closure": "says who closed that record and when; what stands is copied to the other record too",
    "identity.closure_lift": "goes with it",
    "identity.closed_care": "goes with it",
    "portal.erasure_request": "about what was kept in that name; the privacy officer answers it there",
    "portal.erasure_item": "goes with it",
    "portal.erasure_step": "goes with it",
    "portal.waiting_erasure": "goes with it",
    "foundation.audit_event": "says truly which record was opened; the list of accesses shows both",
    "identity.death": "records are joined whose deaths agree: each keeps what was recorded of it",
    "identity.death_undone": "as the death",
    "identity.notice_choice": "of what somebody wants to be told by letter, the choice at the record that stays stands",
    "identity.session": "is over when records are joined, and says which record it was of",
    "identity.share": "a part of that record was chosen; it opens nothing while the record is joined",
    **dict.fromkeys(
        ("identity.share_end", "identity.share_opening", "identity.share_opening_end"), "as what was shared"
    ),
    "portal.record_visit": "says when somebody came to look at that record",
}
ROWS = (
    "SELECT n.nspname || '.' || c.relname AS name, array_agg(quote_ident(a.attname)) AS columns FROM pg_class c "
    "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
    "WHERE c.relkind = 'r' AND n.nspname IN ('identity', 'dispatch', 'archive', 'emr', 'portal', 'interop', 'foundation') "
    "AND a.attname IN ('patient_id', 'delegate_id') AND NOT a.attisdropped GROUP BY 1 ORDER BY 1"
)
FILLED = {
    "text": "x",
    "integer": 1,
    "bigint": 1,
    "jsonb": Json({}),
    "bytea": b"x",
    "boolean": False,
    "date": date(2026, 3, 5),
    "ARRAY": [],
}


def tables_of_patients(connection: Connection) -> dict[str, list[str]]:
    """Every table with rows of somebody, and the columns that say of whom."""
    return {row.name: row.columns for row in connection.execute(text(ROWS))}


def rows_of(connection: Connection, *patient_ids: UUID) -> dict[str, list[str]]:
    """Every row of these people but those of the audit, as it is written, by table."""
    found = {}
    for table, columns in tables_of_patients(connection).items():
        named = " OR ".join(f"t.{column} = ANY(:people)" for column in columns)
        rows = connection.execute(
            text(f"SELECT t::text FROM {table} t WHERE {named} ORDER BY 1"),
            {"people": list(patient_ids)},
        )
        if table != "foundation.audit_event":
            found[table] = list(rows.scalars())
    return found


def put(connection: Connection, table: str, **values: Any) -> Any:
    """A row with these values; what else it needs is filled in."""
    schema, name = table.split(".")
    columns = connection.execute(
        text(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = :schema "
            "AND table_name = :name AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'"
        ),
        {"schema": schema, "name": name},
    ).all()
    for column, kind in columns:
        if column not in values:
            values[column] = _word_of(table, column) or (
                new_id() if kind == "uuid" else now() if "time" in kind else FILLED[kind]
            )
    given = ", ".join(f":{each}" for each in values)
    connection.execute(text(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({given})"), values)
    return values.get("id")


def _word_of(table: str, column: str) -> str:
    """One of the words that may stand there, for rows stay for whoever lists all of them later; "" where any text may."""
    known = Base.metadata.tables[table].c.get(column) if table in Base.metadata.tables else None
    return known.type.enums[0] if known is not None and isinstance(known.type, Enum) else ""


@dataclass
class WholeRecord:
    """Writes a record with everything in it, through the rooms' own actions where they are short."""

    desk: Desk
    registrar: MadeStaff
    as_actor: Any
    as_loader: Any
    as_administrator: Any
    entries: list[UUID] = field(default_factory=list)

    def of(self, patient: MadePatient, *, relative: MadePatient, service_code: str = "C-CARD") -> None:
        with self.as_loader() as session:
            facility_id = self.desk.doctor.facility_id
            begin_care(session, patient_id=patient.id, facility_id=facility_id, basis=CareBasis.ENCOUNTER)
        self._written(patient)
        self._referred(patient, service_code)
        study_of(self.as_loader, patient.id)
        with self.as_administrator() as connection:
            self._images(connection, patient)
            self._in_emergencies(connection, patient)
            self._people(connection, patient, relative)
            self._conflicts(connection, patient)
            self._portal(connection, patient)

    def _written(self, patient: MadePatient) -> None:
        doctor = self.desk.doctor
        self.entries += [
            signed_note(self.as_actor, doctor, patient.id),
            amended_note(self.as_actor, doctor, patient.id, "Пришёл посев"),
            unsigned_note(self.as_actor, doctor, patient.id),
        ]
        with self.as_actor(patient.actor) as session:
            for _time in (1, 2):
                hide_entry(session, self.entries[-3])
                show_entry(session, self.entries[-3])
            hide_entry(session, self.entries[-2])

    def _referred(self, patient: MadePatient, service_code: str) -> None:
        desk, in_days = self.desk, timedelta(days=2 + hash(patient.id) % 20, minutes=hash(patient.id) % 600)
        _past, visit = desk.visited(patient)
        with self.as_actor(desk.dispatcher.actor) as session:
            record_outcome(session, visit, outcome=Outcome.SERVED)
        referral_id = desk.sent(patient, service_code=service_code)
        given_up = desk.booked(referral_id, desk.slot(service_code=service_code, starts_in=in_days))
        with self.as_actor(desk.dispatcher.actor) as session:
            cancel_booking(session, given_up, reason="Asked for another day")
        again = timedelta(hours=3)
        desk.booked(referral_id, desk.slot(service_code=service_code, starts_in=in_days + again))

    def _in_emergencies(self, connection: Connection, patient: MadePatient) -> None:
        own = {"patient_id": patient.id}
        for judged in (True, False):
            opened = put(
                connection, "identity.emergency", began_at=now(), ends_at=now(), **self._by_whom(), **own
            )
            put(connection, "identity.waiting_emergency", emergency_id=opened, **own)
            if judged:
                put(connection, "identity.emergency_verdict", emergency_id=opened, verdict="justified",
                    **self._by_whom(), **own)  # fmt: skip

    def _by_whom(self) -> dict[str, UUID]:
        return {"staff_id": self.registrar.id, "facility_id": self.registrar.facility_id}

    def _images(self, connection: Connection, patient: MadePatient) -> None:
        study = connection.execute(
            text("SELECT id FROM archive.study WHERE patient_id = :id"), {"id": patient.id}
        ).scalar_one()
        own = {
            "patient_id": patient.id,
            "study_instance_uid": str(study),
            "series_instance_uid": str(new_id()),
        }
        series = put(connection, "archive.series", study_id=study, **own)
        put(connection, "archive.series_metadata", series_id=series, **own)
        put(connection, "archive.instance", series_id=series, sop_instance_uid=str(new_id()), **own)
        put(connection, "archive.study_reading", study_id=study, patient_id=patient.id)

    def _people(self, connection: Connection, patient: MadePatient, relative: MadePatient) -> None:
        own = {"patient_id": patient.id}
        account = put(connection, "identity.account", subject=str(new_id()))
        put(connection, "identity.patient_link", account_id=account, **own)
        code = put(connection, "identity.linking_code", evidence_digest="0" * 64, given_at=now(),
                   expires_at=now() + timedelta(minutes=5), slip=str(new_id())[:4], **self._by_whom(), **own)  # fmt: skip
        link = put(connection, "identity.confirmed_identity", account_id=account, evidence_digest="0" * 64,
                   code_id=code, **self._by_whom(), **own)  # fmt: skip
        put(connection, "identity.confirmed_identity_end", confirmation_id=link, **self._by_whom(), **own)
        for one, other in ((patient, relative), (relative, patient)):
            pair = {"patient_id": one.id, "delegate_id": other.id}
            for ended in (True, False):
                right = put(connection, "identity.delegation", **pair, kind="guardian", scopes=["record"],
                            began_at=now(), ends_at=now() + timedelta(days=30), **self._by_whom())  # fmt: skip
                put(connection, "identity.guardianship", id=right, **pair, **self._by_whom())
                if ended:
                    put(connection, "identity.delegation_end", delegation_id=right, **pair)
        put(connection, "identity.contact_point", system="email", **own)
        offer = put(connection, "identity.delegation_offer", scopes=["record"], offered_at=now(),
                    expires_at=now() + timedelta(days=1), ends_at=now() + timedelta(days=9), **own)  # fmt: skip
        put(connection, "identity.delegation_offer_answer", offer_id=offer, answer="declined", **own)

    def _conflicts(self, connection: Connection, patient: MadePatient) -> None:
        own = {"patient_id": patient.id}
        conflict = put(connection, "emr.import_conflict", kind="name", content_sha256=str(new_id()),
                       facility_id=self.registrar.facility_id, **own)  # fmt: skip
        put(connection, "emr.import_conflict_decision", conflict_id=conflict, decision="accepted", **own)
        answer = put(connection, "emr.conflict_answer", conflict_id=conflict, choice="ours", birth="",
                     **self._by_whom(), **own)  # fmt: skip
        put(connection, "emr.conflict_outcome", answer_id=answer, **own)
        put(connection, "emr.draft", author_id=self.desk.doctor.id, form="note", **own)

    def _portal(self, connection: Connection, patient: MadePatient) -> None:
        own = {"patient_id": patient.id}
        for number in (1, 2):
            case = put(connection, "portal.objection", audit_event_id=new_id().int % 10**12, **own)
            if number == 1:
                put(connection, "portal.waiting_objection", objection_id=case, **own)
            else:
                put(
                    connection,
                    "portal.objection_step",
                    objection_id=case,
                    state="founded",
                    **self._by_whom(),
                    **own,
                )
        put(connection, "portal.notice", kind="entry", object_id=self.entries[-1], occurrence="", **own)
        put(connection, "interop.export", **own)
