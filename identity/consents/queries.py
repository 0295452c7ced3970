"""What a person has answered, and whether they consent now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from foundation.clock import now
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.consents.enumerations import ConsentState, Decision, Purpose
from identity.consents.rules import TEXT_VERSIONS, Answered, state_of
from identity.consents.tables import Consent
from identity.delegations.queries import OtherPerson, delegate_rows, other_people_from
from identity.delegations.tables import DelegationEnd


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """One answer of the history; `delegation_id` is the right by which somebody gave it for the person."""

    id: UUID
    purpose: Purpose
    decision: Decision
    text_version: int
    delegation_id: UUID | None
    stands_until: datetime | None
    decided_at: datetime
    right_ended: bool

    @property
    def answered(self) -> Answered:
        return Answered(self.decision, self.text_version, self.stands_until, self.right_ended)


@dataclass(frozen=True, slots=True)
class OwnConsents:
    """How each purpose stands for the reader, every answer, the newest first, and who answered for them."""

    states: Mapping[Purpose, ConsentState]
    history: Sequence[ConsentAnswer]
    delegates: Mapping[UUID, OtherPerson]

    def newest(self, purpose: Purpose) -> ConsentAnswer | None:
        return next((each for each in self.history if each.purpose is purpose), None)


def own_consents(session: ActorSession) -> OwnConsents:
    answer = _OWN.fetch(session)
    history = _answers(answer.consents)
    return OwnConsents(
        states={each: _state(history, each) for each in Purpose},
        history=history,
        delegates={each.delegation_id: each for each in other_people_from(answer.delegates)},
    )


def consented(session: ActorSession, patient_id: UUID, purpose: Purpose) -> bool:
    """Whether this person consents now; whoever was never asked does not, nor whose answers the reader may not know."""
    newest = _rows(session, patient_id).where(Consent.purpose == purpose).limit(1)
    return _state(_answers(session.execute(newest)), purpose) is ConsentState.GIVEN


def consent_answers(session: ActorSession) -> list[ConsentAnswer]:
    """Every answer of the reader's, the newest first."""
    return _answers(session.execute(_rows(session, session.actor.patient_id)))


def _own(session: ActorSession) -> Selects:
    return {"consents": _rows(session, session.actor.patient_id), "delegates": delegate_rows()}


_OWN = CombinedQuery(_own)


def _rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    ended = exists().where(DelegationEnd.delegation_id == Consent.delegation_id)
    rows: Any = select(
        Consent.id,
        Consent.purpose,
        Consent.decision,
        Consent.text_version,
        Consent.delegation_id,
        Consent.stands_until,
        Consent.decided_at,
        ended.label("right_ended"),
    )
    found: Select[Any] = rows.where(
        Consent.patient_id == patient_id, access.readable_by(session, Thing.DELEGATIONS, Consent.patient_id)
    ).order_by(Consent.number.desc())
    return found


def _answers(rows: Iterable[Any]) -> list[ConsentAnswer]:
    return [
        ConsentAnswer(
            id=row.id,
            purpose=Purpose(row.purpose),
            decision=Decision(row.decision),
            text_version=row.text_version,
            delegation_id=row.delegation_id,
            stands_until=row.stands_until,
            decided_at=row.decided_at,
            right_ended=row.right_ended,
        )
        for row in rows
    ]


def _state(history: Iterable[ConsentAnswer], purpose: Purpose) -> ConsentState:
    newest = next((each.answered for each in history if each.purpose is purpose), None)
    return state_of(newest, version=TEXT_VERSIONS[purpose], at=now())
