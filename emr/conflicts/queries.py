"""What waits for a registrar, from both sides, and what became of their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, true

from emr.conflicts.enumerations import Choice
from emr.conflicts.tables import ConflictAnswer, ConflictOutcome
from emr.fhir_import.enumerations import ConflictKind
from emr.fhir_import.tables import ImportConflict, ImportConflictDecision
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.patients.queries.patients import PatientName, patient_name_rows, patient_names_from
from identity.people.enumerations import Birth

MOST_LISTED, MOST_DECIDED = 50, 20
NO_CONFLICT = "There is no such conflict."
# Whoever looks may read some columns alone, so that each is named.
DECIDED = (
    select(ImportConflictDecision.conflict_id)
    .where(ImportConflictDecision.conflict_id == ImportConflict.id)
    .exists()
)


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """What was answered last; `carried_out` is None until that is known."""

    choice: Choice
    reason: str
    answered_at: datetime
    carried_out: bool | None
    stored: int
    refused: int
    why: str


@dataclass(frozen=True, slots=True)
class ConflictCard:
    """A conflict with both sides: `patient` as we know them, `told` by the sender; `waiting` resources come with it."""

    id: UUID
    patient: PatientName
    kind: ConflictKind
    source_system: str
    told: PatientName
    waiting: int
    raised_at: datetime
    decided: bool
    answer: AnswerCard | None

    @property
    def pending(self) -> bool:
        """Whether an answer waits to be carried out."""
        return not self.decided and self.answer is not None and self.answer.carried_out is None


@dataclass(frozen=True, slots=True)
class ConflictsAtDesk:
    """The oldest that wait, whether there are `more`, and what was answered and done lately."""

    waiting: Sequence[ConflictCard]
    more: bool
    decided: Sequence[ConflictCard]


def conflicts_at_desk(session: ActorSession) -> ConflictsAtDesk:
    answer = _DESK.fetch(session)
    waiting = _cards(answer.waiting, answer.names)
    return ConflictsAtDesk(
        waiting[:MOST_LISTED], len(waiting) > MOST_LISTED, _cards(answer.decided, answer.names)
    )


def conflict_card(session: ActorSession, conflict_id: UUID) -> ConflictCard:
    """Raises NotFound: there is none, or its patient is not one whom the reader may know."""
    answer = _ONE.fetch(session, wanted=conflict_id)
    found = _cards(answer.conflicts, answer.names)
    if not found:
        raise NotFound(NO_CONFLICT)
    return found[0]


def waiting_conflicts(session: ActorSession) -> int:
    """How many wait for the reader; for their first page."""
    counted: Select[Any] = select(func.count()).select_from(ImportConflict).where(~DECIDED, _of(session))
    return int(session.scalar(counted) or 0)


def answer_to_carry_out(session: ActorSession, answer_id: UUID) -> ConflictAnswer | None:
    """None where it is carried out already. For the loader."""
    over = exists().where(ConflictOutcome.answer_id == ConflictAnswer.id)
    return session.scalar(select(ConflictAnswer).where(ConflictAnswer.id == answer_id, ~over))


def _of(session: ActorSession) -> ColumnElement[bool]:
    return access.readable_by(session, Thing.DEMOGRAPHICS, ImportConflict.patient_id)


def _rows(session: ActorSession, *which: ColumnElement[bool]) -> Select[Any]:
    newest = (
        select(ConflictAnswer)
        .where(ConflictAnswer.conflict_id == ImportConflict.id)
        .order_by(ConflictAnswer.answered_at.desc(), ConflictAnswer.id.desc())
        .limit(1)
        .lateral("newest")
    )
    told: Any = select(
        ImportConflict.id,
        ImportConflict.patient_id,
        ImportConflict.kind,
        ImportConflict.source_system,
        ImportConflict.told,
        ImportConflict.waiting,
        ImportConflict.raised_at,
        DECIDED.label("decided"),
        newest.c.choice,
        newest.c.reason,
        newest.c.answered_at,
        ConflictOutcome.carried_out,
        func.coalesce(ConflictOutcome.stored, 0).label("stored"),
        func.coalesce(ConflictOutcome.refused, 0).label("refused"),
        func.coalesce(ConflictOutcome.why, "").label("why"),
    )
    rows: Select[Any] = (
        told.select_from(ImportConflict)
        .outerjoin(newest, true())
        .outerjoin(ConflictOutcome, ConflictOutcome.answer_id == newest.c.id)
        .where(_of(session), *which)
    )
    return rows


def _desk(session: ActorSession) -> Selects:
    waiting = (
        _rows(session, ~DECIDED)
        .order_by(ImportConflict.raised_at, ImportConflict.id)
        .limit(MOST_LISTED + 1)
        .cte("waiting")
    )
    answered = exists().where(ConflictAnswer.conflict_id == ImportConflict.id)
    decided = (
        _rows(session, DECIDED, answered)
        .order_by(ImportConflict.raised_at.desc(), ImportConflict.id)
        .limit(MOST_DECIDED)
        .cte("decided_here")
    )
    named = select(waiting.c.patient_id).union_all(select(decided.c.patient_id))
    return {
        "waiting": select(waiting).order_by(waiting.c.raised_at, waiting.c.id),
        "decided": select(decided).order_by(decided.c.answered_at.desc(), decided.c.id),
        "names": patient_name_rows(session, named),
    }


def _one(session: ActorSession, *, wanted: Any) -> Selects:
    conflicts = _rows(session, ImportConflict.id == wanted).cte("conflicts")
    return {
        "conflicts": select(conflicts),
        "names": patient_name_rows(session, select(conflicts.c.patient_id)),
    }


_DESK, _ONE = CombinedQuery(_desk), CombinedQuery(_one)


def _cards(rows: Any, names: Any) -> list[ConflictCard]:
    named = patient_names_from(names)
    return [_card(row, named[row.patient_id]) for row in rows if row.patient_id in named]


def _card(row: Any, patient: PatientName) -> ConflictCard:
    told = row.told
    birth = Birth.read(told["birth"]) if told["birth"] else Birth.unknown()
    answer = None
    if row.choice:
        answer = AnswerCard(
            Choice(row.choice),
            row.reason,
            row.answered_at,
            row.carried_out,
            row.stored,
            row.refused,
            row.why,
        )
    return ConflictCard(
        row.id,
        patient,
        ConflictKind(row.kind),
        row.source_system,
        PatientName(patient.id, told["family"], told["given"], told["middle"], birth.first, birth.precision),
        row.waiting,
        row.raised_at,
        row.decided,
        answer,
    )
