"""Opening a record: reading is an act too, and leaves its line in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from archive_gateway.studies.queries.studies import StudyCard, studies_from
from dispatch_backend.bookings.queries.cards import ReferralCard
from dispatch_backend.referrals.queries.referrals import referrals_from
from emr.chart.queries.chart import Chart, chart_from
from emr.chart.queries.chart_page import DESK
from emr.details.queries import EntryReading, VersionReading, entry_to_read
from emr.entries.rules.kinds import Kind
from emr.notes.queries import NoteToEdit, note_to_edit
from emr.timeline.queries.timeline import TimelinePage, narrowed, timeline_from
from foundation import audit
from foundation.database.transactions import ActorSession
from identity.facilities.queries import FacilityCard, facilities_from
from identity.patients.queries.patients import PatientCard, find_patients, patient_card, patient_from

LINES_ON_CHART = 15


@dataclass(frozen=True, slots=True)
class OpenChart:
    """A patient's chart as it lies on the doctor's desk, with where they were referred, their images, and the places."""

    patient: PatientCard
    chart: Chart
    timeline: TimelinePage
    referrals: Sequence[ReferralCard]
    studies: Sequence[StudyCard]
    facilities: Mapping[UUID, FacilityCard]


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A note on the desk, being changed; `newest` is the version that was saved meanwhile, where it is asked for."""

    patient: PatientCard
    editing: NoteToEdit
    newest: VersionReading | None


def open_chart(
    session: ActorSession,
    patient_id: UUID,
    *,
    kind: Kind | str | None = None,
    year: int | None = None,
    before: str | None = None,
) -> OpenChart:
    """Open a patient's chart. Raises NotFound where the patient is not in the reader's care."""
    shape, values = narrowed(kind, year, before, LINES_ON_CHART)
    answer = DESK.ask(session, *shape, patient_id=patient_id, **values)
    patient = patient_from(answer.patient)
    audit.record(
        session, act="chart.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return OpenChart(
        patient=patient,
        chart=chart_from(answer),
        timeline=timeline_from(answer, LINES_ON_CHART),
        referrals=referrals_from(answer),
        studies=studies_from(answer),
        facilities=facilities_from([*answer.places, *answer.study_places]),
    )


def open_entry(session: ActorSession, entry_id: UUID) -> tuple[PatientCard, EntryReading]:
    """Open one entry. Raises NotFound where the reader may not see it."""
    reading = entry_to_read(session, entry_id)
    patient = patient_card(session, reading.patient_id)
    audit.record(
        session, act="entry.opened", patient_id=reading.patient_id, object_kind="entry", object_id=entry_id
    )
    return patient, reading


def open_patient(session: ActorSession, patient_id: UUID) -> PatientCard:
    """Who a patient is, for a form about them. Raises NotFound where the patient is not in the reader's care."""
    patient = patient_card(session, patient_id)
    audit.record(
        session, act="patient.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return patient


def open_draft(session: ActorSession, entry_id: UUID, *, compare: bool = False) -> OpenDraft:
    """Open a note to be changed.

    Args:
        compare: with its newest version as it is read, for an author whose text was overtaken by it.

    Raises:
        NotFound: no such note, or not one that the reader may see.
        RuleBroken: somebody else wrote it.
    """
    editing = note_to_edit(session, entry_id)
    patient = patient_card(session, editing.patient_id)
    newest = entry_to_read(session, entry_id).versions[0] if compare else None
    audit.record(
        session, act="draft.opened", patient_id=editing.patient_id, object_kind="entry", object_id=entry_id
    )
    return OpenDraft(patient, editing, newest)


def search_patients(session: ActorSession, *, text: str) -> list[PatientCard]:
    """Patients in the care of the reader's facility; that each was found stands in their list of accesses."""
    found = find_patients(session, text=text)
    for patient in found:
        audit.record(
            session, act="patient.found", patient_id=patient.id, object_kind="patient", object_id=patient.id
        )
    return found
