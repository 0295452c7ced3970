"""Drawing the summaries from the signed versions: of one entry when it is signed, of a patient, of everybody."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert

from emr.content.rules.fhir_dates import death_told
from emr.entries.queries.versions import (
    newest_signed_diagnoses,
    newest_signed_of_entry,
    newest_signed_of_patients,
    patients_with_entries,
    restrictions_of_entries,
)
from emr.sensitivity.actions import relabel
from emr.sensitivity.queries import labelled_by, rules_of_today
from emr.summaries.queries.drawn import drawn_lines
from emr.summaries.queries.lines import drawn_by
from emr.summaries.rules.drawing import drawing_digest
from emr.summaries.tables import DrawingRules, EntrySummary
from foundation.clock import now, zone
from foundation.database.bulk import add_rows
from foundation.database.transactions import ActorSession
from identity.patients.actions import learn_deaths
from identity.people.enumerations import Death


def rebuild_all(session: ActorSession, *, on_progress: Callable[[int], None] = lambda _done: None) -> int:
    """Draw every summary anew, and note by which rules. Returns how many there are.

    Args:
        on_progress: hears after each patient how many summaries are drawn.
    """
    session.execute(delete(EntrySummary))
    drawn = 0
    for patient_id in patients_with_entries(session):
        drawn += rebuild_patient(session, patient_id)
        on_progress(drawn)
    note_drawn(session)
    return drawn


def rebuild_outdated(session: ActorSession) -> str:
    """Draw every summary anew where other rules than today's drew them. Returns what was done, "" where nothing was."""
    if drawn_by(session) == drawing_digest():
        return ""
    return f"Lines of the records drawn anew: {rebuild_all(session)}."


def relabel_and_redraw(session: ActorSession) -> int:
    """Give every entry the labels that today's rules demand. For loaders. Returns how many changed.

    The records of those that changed are drawn anew: what a line may take from another entry goes by what restricts both.
    """
    before = restrictions_of_entries(session)
    changed = relabel(session)
    differing = set(before.items()) ^ set(restrictions_of_entries(session).items())
    for patient_id in sorted({patient_id for (_, patient_id), _ in differing}):
        rebuild_patient(session, patient_id)
    return changed


def relabel_outdated(session: ActorSession) -> str:
    """The same where other rules than today's labelled them. Returns what was done, "" where nothing was."""
    if labelled_by(session) == rules_of_today(session):
        return ""
    return f"Entries whose labels changed: {relabel_and_redraw(session)}."


def note_drawn(session: ActorSession) -> None:
    """Note that every summary there is was drawn by today's rules."""
    session.execute(delete(DrawingRules))
    session.execute(insert(DrawingRules).values(digest=drawing_digest(), drawn_at=now()))


def rebuild_patient(session: ActorSession, patient_id: UUID) -> int:
    """Draw all of a patient's summaries: a visit that changed tells its results where they were taken."""
    return rebuild_patients(session, [patient_id])


def rebuild_patients(session: ActorSession, patient_ids: Collection[UUID]) -> int:
    """Draw the summaries of several, each from the own record alone, and take up what it tells of a death."""
    versions = newest_signed_of_patients(session, patient_ids)
    learn_deaths(session, {**dict.fromkeys(patient_ids), **_deaths_in(versions)})
    return _rebuild(session, versions)


def _deaths_in(versions: Iterable[Row[Any]]) -> dict[UUID, Death | None]:
    """What is told of deaths; of several senders who say anything of it, the newest stands."""
    people = [row for row in versions if row.content["resourceType"] == "Patient"]
    telling = [row for row in people if any(name.startswith("deceased") for name in row.content)]
    newest_last = sorted(telling, key=lambda row: row.recorded_at)
    return {row.patient_id: death_told(row.content, zone=zone()) for row in newest_last}


def rebuild_entry(session: ActorSession, entry_id: UUID) -> None:
    """Draw the summary of an entry that was written here."""
    for row in newest_signed_of_entry(session, entry_id):
        # A note that was written late may state a problem that has ended meanwhile.
        _rebuild(session, [row], beside=newest_signed_diagnoses(session, row.patient_id))


def _rebuild(session: ActorSession, versions: list[Row[Any]], beside: Sequence[Row[Any]] = ()) -> int:
    """Draw the summaries of these, whose other diagnoses are `beside` them."""
    rows = drawn_lines(session, versions, beside)
    if rows:
        changed = ", ".join(f"{name} = excluded.{name}" for name in rows[0] if name != "entry_id")
        add_rows(session, EntrySummary, rows, known=f"ON CONFLICT (entry_id) DO UPDATE SET {changed}")
    return len(rows)
