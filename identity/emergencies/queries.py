"""Whom a number and a day of birth name, what waits for a verdict, and how often each facility opens records so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    LargeBinary,
    Select,
    Text,
    bindparam,
    false,
    func,
    select,
    text,
    true,
)

from foundation.actor import ActorKind
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.sealing import keyed_digests
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.emergencies.enumerations import EmergencyReason, Verdict
from identity.emergencies.tables import Emergency, EmergencyFigure, EmergencyVerdict, WaitingEmergency
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.people.rules.snils import SNILS_SYSTEM
from identity.roles import Role
from identity.staff.queries import StaffCard, staff_from, staff_rows

MOST_SHOWN = 200
NO_EMERGENCY = "There is no such record."

# The definer function of signing in: it tells nothing but whom exactly this names.
_NAMED = text("SELECT * FROM identity.match_patient(:system, :digest, :born)").bindparams(
    bindparam("system", type_=Text()),
    bindparam("digest", type_=LargeBinary()),
    bindparam("born", type_=Date()),
)


@dataclass(frozen=True, slots=True)
class EmergencyCard:
    """A record that was opened, and the verdict, where there is one. Nothing of the record itself."""

    id: UUID
    patient_id: UUID
    staff_id: UUID
    facility_id: UUID
    role: str
    reason: EmergencyReason
    words: str
    began_at: datetime
    ends_at: datetime
    verdict: Verdict | None
    verdict_words: str


@dataclass(frozen=True, slots=True)
class FacilityFigures:
    """How many records a facility has opened in an emergency since the beginning, and what was said of them."""

    facility_id: UUID
    opened: int
    justified: int
    not_justified: int

    @property
    def waiting(self) -> int:
        return self.opened - self.justified - self.not_justified


@dataclass(frozen=True, slots=True)
class Emergencies:
    """Cards with the people and places that they name, and the figures of the facilities."""

    cards: Sequence[EmergencyCard]
    staff: Mapping[UUID, StaffCard]
    facilities: Mapping[UUID, FacilityCard]
    figures: Sequence[FacilityFigures] = ()


def patient_named(session: ActorSession, *, number: str, birth_date: date) -> UUID | None:
    """The one patient with this SNILS, its digits alone, who was born on that day."""
    found = [
        patient_id
        for digest in keyed_digests(number)
        for patient_id in session.execute(
            _NAMED, {"system": SNILS_SYSTEM, "digest": digest, "born": birth_date}
        ).scalars()
    ]
    return found[0] if len(found) == 1 else None


def emergency(session: ActorSession, emergency_id: UUID) -> Emergencies:
    """One, with who opened it. Raises NotFound: absent, or not for the reader to see."""
    found = _found(_ONE.fetch(session, wanted=emergency_id))
    if not found.cards:
        raise NotFound(NO_EMERGENCY)
    return found


def emergency_rows(session: ActorSession) -> Select[Any]:
    """Who opened the reader's record: to be fetched in a combined query, each row the person, the facility, from and until when."""
    rows: Any = select(Emergency.facility_id, Emergency.staff_id, Emergency.began_at, Emergency.ends_at)
    own: Select[Any] = rows.where(
        Emergency.patient_id == session.actor.patient_id,
        access.readable_by(session, Thing.ACCESS_LOG, Emergency.patient_id),
    )
    return own


def waiting_count(session: ActorSession) -> Select[Any]:
    """How many wait for the privacy officer's verdict: to be fetched in a combined query."""
    counted: Select[Any] = select(func.count().label("waiting")).select_from(WaitingEmergency)
    return counted.where(_judged_by(session))


def emergencies_to_judge(session: ActorSession) -> Emergencies:
    """What has no verdict yet, the oldest first, and the figures of every facility that ever opened a record so."""
    answer = _TO_JUDGE.fetch(session)
    return replace(_found(answer), figures=[FacilityFigures(*row) for row in answer.figures])


def own_emergencies(session: ActorSession) -> Emergencies:
    """What the actor has opened, the latest first, and what was said of it."""
    return _found(_OWN.fetch(session))


def _judged_by(session: ActorSession) -> ColumnElement[bool]:
    """The privacy officer reads all, nobody else any."""
    actor = session.actor
    return true() if actor.kind is ActorKind.STAFF and actor.role == Role.PRIVACY_OFFICER else false()


def _cards(*which: ColumnElement[bool]) -> Select[Any]:
    rows: Any = select(
        Emergency.id,
        Emergency.patient_id,
        Emergency.staff_id,
        Emergency.facility_id,
        Emergency.role,
        Emergency.reason,
        Emergency.words,
        Emergency.began_at,
        Emergency.ends_at,
        EmergencyVerdict.verdict,
        func.coalesce(EmergencyVerdict.words, "").label("verdict_words"),
    )
    joined = rows.select_from(Emergency).outerjoin(
        EmergencyVerdict, EmergencyVerdict.emergency_id == Emergency.id
    )
    cards: Select[Any] = joined.where(*which)
    return cards


def _one(session: ActorSession, *, wanted: Any) -> Selects:
    cards = _cards(_judged_by(session), Emergency.id == wanted).cte("cards")
    return {
        "cards": select(cards),
        "staff": staff_rows(select(cards.c.staff_id)),
        "facilities": facility_rows(select(cards.c.facility_id)),
    }


def _to_judge(session: ActorSession) -> Selects:
    waiting = (
        _cards(_judged_by(session))
        .join(WaitingEmergency, WaitingEmergency.emergency_id == Emergency.id)
        .order_by(WaitingEmergency.began_at)
        .limit(MOST_SHOWN)
    )
    cards = waiting.cte("cards")
    figures: Any = select(
        EmergencyFigure.facility_id,
        EmergencyFigure.opened,
        EmergencyFigure.justified,
        EmergencyFigure.not_justified,
    ).where(_judged_by(session))
    return {
        "cards": select(cards).order_by(cards.c.began_at),
        "staff": staff_rows(select(cards.c.staff_id)),
        "facilities": facility_rows(select(EmergencyFigure.facility_id)),
        "figures": figures.order_by(EmergencyFigure.opened.desc(), EmergencyFigure.facility_id),
    }


def _own(session: ActorSession) -> Selects:
    latest = _cards(Emergency.staff_id == session.actor.staff_id).order_by(Emergency.began_at.desc())
    cards = latest.limit(MOST_SHOWN).cte("cards")
    return {
        "cards": select(cards).order_by(cards.c.began_at.desc()),
        "staff": staff_rows(select(cards.c.staff_id)),
        "facilities": facility_rows(select(cards.c.facility_id)),
    }


_OWN = CombinedQuery(_own)
_ONE = CombinedQuery(_one)
_TO_JUDGE = CombinedQuery(_to_judge)


def _found(answer: Any) -> Emergencies:
    return Emergencies(
        cards=[_card(row) for row in answer.cards],
        staff=staff_from(answer.staff),
        facilities=facilities_from(answer.facilities),
    )


def _card(row: Any) -> EmergencyCard:
    return EmergencyCard(
        row.id,
        row.patient_id,
        row.staff_id,
        row.facility_id,
        row.role,
        EmergencyReason(row.reason),
        row.words,
        row.began_at,
        row.ends_at,
        Verdict(row.verdict) if row.verdict else None,
        row.verdict_words,
    )
