"""An author's own drafts, looked up through the author."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from emr.drafts.enumerations import DraftForm
from emr.drafts.rules import MOST_DRAFTS_WITH_UNSENT
from emr.drafts.tables import Draft
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.patients.queries.patients import (
    PatientCard,
    PatientName,
    patient_from,
    patient_name_rows,
    patient_names_from,
    patient_rows,
)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as a list shows it."""

    id: UUID
    patient_id: UUID
    form: DraftForm
    version: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft with what was typed, by the names of the form's fields."""

    line: DraftLine
    content: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwnDrafts:
    """All that its author has not finished, the latest first, and of whom."""

    lines: list[DraftLine]
    patients: Mapping[UUID, PatientName]


def drafts_of_author(session: ActorSession) -> tuple[int, datetime | None]:
    """How many drafts the reader has, and when the oldest was typed."""
    own = select(func.count(), func.min(Draft.updated_at)).where(Draft.author_id == session.actor.staff_id)
    number, oldest = session.execute(own).one()
    return number, oldest


def kept_draft(session: ActorSession, draft_id: UUID) -> KeptDraft | None:
    """What the reader has typed and not saved under this identity."""
    return draft_from(session.execute(draft_rows(session, draft_id)))


def patient_and_draft(
    session: ActorSession, patient_id: UUID, draft_id: UUID
) -> tuple[PatientCard, KeptDraft | None]:
    """Whom a form is about, and what was typed into it. Raises NotFound where the reader may not know the patient."""
    answer = PATIENT_AND_DRAFT.fetch(session, patient_id=patient_id, draft_id=draft_id)
    return patient_from(answer.about), draft_from(answer.draft)


def draft_rows(session: ActorSession, draft_id: Any) -> Select[Any]:
    """One draft: to be fetched in a combined query, and read by `draft_from`."""
    return _own(session).add_columns(Draft.content).where(Draft.id == draft_id)


def draft_from(rows: Iterable[Any]) -> KeptDraft | None:
    for row in rows:
        return KeptDraft(DraftLine(*row[:5]), row.content)
    return None


def draft_line_rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    """The reader's drafts about one patient: to be fetched in a combined query, and read by `draft_lines_from`."""
    own = _own(session).where(Draft.patient_id == patient_id)
    return own.order_by(Draft.updated_at.desc()).limit(MOST_DRAFTS_WITH_UNSENT)


def draft_lines_from(rows: Iterable[Any]) -> list[DraftLine]:
    return [DraftLine(*row) for row in rows]


def own_drafts(session: ActorSession) -> OwnDrafts:
    """What the reader has begun, about whomever."""
    answer = OWN_DRAFTS.fetch(session)
    return OwnDrafts(draft_lines_from(answer.drafts), patient_names_from(answer.patients))


def _own_drafts(session: ActorSession) -> Selects:
    latest = _own(session).order_by(Draft.updated_at.desc()).limit(MOST_DRAFTS_WITH_UNSENT)
    return {"drafts": latest, "patients": patient_name_rows(session, select(latest.cte().c.patient_id))}


def _own(session: ActorSession) -> Select[Any]:
    rows: Any = select(Draft.id, Draft.patient_id, Draft.form, Draft.version, Draft.updated_at)
    own: Select[Any] = rows.where(Draft.author_id == session.actor.staff_id)
    return own.where(access.readable_by(session, Thing.ENTRIES, Draft.patient_id))


def patient_and_draft_selects(session: ActorSession, patient_id: Any, draft_id: Any) -> Selects:
    """To be fetched in a combined query, and read by `patient_from` and `draft_from`."""
    return {
        "about": patient_rows(session, patient_id),
        "draft": draft_rows(session, draft_id).where(Draft.patient_id == patient_id),
    }


PATIENT_AND_DRAFT = CombinedQuery(lambda session, **values: patient_and_draft_selects(session, **values))
OWN_DRAFTS = CombinedQuery(lambda session: _own_drafts(session))
