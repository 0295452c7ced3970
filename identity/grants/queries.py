"""Who may act for the reader, for whom the reader may, and what was offered to whom; through the person who asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Select,
    Text,
    Uuid,
    column,
    exists,
    func,
    select,
)
from sqlalchemy.types import TypeEngine

from foundation.clock import now
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.latin_letters import PrintedName
from foundation.sealing import keyed_digests, unseal
from identity.access import queries as access
from identity.access.enumerations import Scope, Thing
from identity.delegations.queries import OtherPerson, delegate_rows, other_people_from, represented_rows
from identity.grants.enumerations import Answer, OfferState
from identity.grants.rules import is_told, state_of
from identity.grants.tables import SEALED_AS, DelegationOffer, DelegationOfferAnswer
from identity.patients.tables import PatientIdentifier
from identity.people.rules.names import full_name
from identity.people.rules.snils import SNILS_SYSTEM, masked_snils

NO_OFFER = "There is no such offer."


@dataclass(frozen=True, slots=True)
class OwnOffer:
    """A right that the reader has offered. `snils_masked` is empty where the key is gone that the number was sealed under."""

    id: UUID
    snils_masked: str
    birth_date: date
    scopes: tuple[Scope, ...]
    words: str
    ends_at: datetime
    expires_at: datetime
    state: OfferState
    since: datetime

    @property
    def last_moment(self) -> datetime:
        """The last at which the right would open the record."""
        return self.ends_at - timedelta.resolution


@dataclass(frozen=True, slots=True)
class OfferedRight:
    """A right that somebody offers the reader, who was born on `birth_date`."""

    id: UUID
    patient_id: UUID
    full_name: PrintedName
    scopes: tuple[Scope, ...]
    words: str
    ends_at: datetime
    expires_at: datetime
    offered_at: datetime
    state: OfferState
    birth_date: date

    @property
    def last_moment(self) -> datetime:
        """The last at which the right would open the record."""
        return self.ends_at - timedelta.resolution


@dataclass(frozen=True, slots=True)
class Delegates:
    """The people who may act for the reader, or could until lately, and for whom the reader may; and the offers of both."""

    delegates: Sequence[OtherPerson]
    offers: Sequence[OwnOffer]
    represented: Sequence[OtherPerson]
    offered: Sequence[OfferedRight]
    is_incapable: bool


def delegates_of_reader(session: ActorSession) -> Delegates:
    answer = _DELEGATES.fetch(session)
    at = now()
    offers = [_own_offer(row, at) for row in answer.offers]
    return Delegates(
        delegates=[each for each in other_people_from(answer.delegates) if each.standing.told],
        offers=[each for each in offers if is_told(each.state, each.since, at=at)],
        represented=[each for each in other_people_from(answer.represented) if each.standing.told],
        offered=waiting_offers_from(answer.offered),
        is_incapable=answer.capacity[0].is_incapable,
    )


def offered_rows() -> Select[Any]:
    """What others offer the reader: to be fetched in a combined query, and read by `waiting_offers_from`."""
    told = func.identity.offers_to_actor().table_valued(*(column(*each) for each in _TOLD.items()))
    rows: Select[Any] = select(*told.c).order_by(told.c.offered_at.desc(), told.c.offer_id)
    return rows


def waiting_offers_from(rows: Iterable[Any]) -> list[OfferedRight]:
    """Those that wait for the reader's answer, the newest first."""
    return [each for each in map(_offered_right, rows) if each.state is OfferState.WAITING]


def offer_to_reader(session: ActorSession, offer_id: UUID) -> OfferedRight:
    """One that waits for the reader's answer, or has it. Raises NotFound: absent, another's, withdrawn, or nobody answered in time."""
    for row in session.execute(offered_rows()):
        if row.offer_id == offer_id:
            return _offered_right(row)
    raise NotFound(NO_OFFER)


def own_offer(session: ActorSession, offer_id: UUID) -> OwnOffer:
    """One that the reader has made. Raises NotFound: absent, or another's."""
    row = session.execute(_own_offers(session).where(DelegationOffer.id == offer_id)).one_or_none()
    if row is None:
        raise NotFound(NO_OFFER)
    return _own_offer(row, now())


def is_own_number(session: ActorSession, number: str) -> bool:
    """Whether this is the reader's own SNILS."""
    own = exists().where(
        PatientIdentifier.system == SNILS_SYSTEM,
        PatientIdentifier.value_digest.in_(keyed_digests(number)),
        PatientIdentifier.patient_id == session.actor.patient_id,
        access.readable_by(session, Thing.DEMOGRAPHICS, PatientIdentifier.patient_id),
    )
    return bool(session.scalar(select(own)))


def is_incapable(session: ActorSession) -> bool:
    """Whether a guardian acts for the reader because a court found them incapable (Civil Code, article 29)."""
    return bool(session.scalar(_capacity(session)))


def has_waiting_offer(session: ActorSession, number: str, birth_date: date) -> bool:
    """Whether the reader has offered that person something already that waits for an answer."""
    waiting = _own_offers(session).where(
        DelegationOffer.identifier_digest.in_(keyed_digests(number)),
        DelegationOffer.birth_date == birth_date,
        DelegationOffer.expires_at > func.now(),
        DelegationOfferAnswer.answer.is_(None),
    )
    return bool(session.scalar(select(waiting.exists())))


# What the definer function tells (docs/decisions/0002-doorkeeper.md): who offers is somebody whom the reader does not see.
_TOLD: Mapping[str, TypeEngine[Any]] = {
    "offer_id": Uuid(),
    "patient_id": Uuid(),
    "family_name": Text(),
    "given_name": Text(),
    "middle_name": Text(),
    "scopes": ARRAY(Text()),
    "words": Text(),
    "ends_at": DateTime(timezone=True),
    "expires_at": DateTime(timezone=True),
    "offered_at": DateTime(timezone=True),
    "answer": Text(),
    "birth_date": Date(),
}


def _own_offers(session: ActorSession) -> Select[Any]:
    rows: Any = select(
        DelegationOffer.id,
        DelegationOffer.identifier_sealed,
        DelegationOffer.birth_date,
        DelegationOffer.scopes,
        DelegationOffer.words,
        DelegationOffer.ends_at,
        DelegationOffer.expires_at,
        DelegationOffer.offered_at,
        DelegationOfferAnswer.answer,
        DelegationOfferAnswer.answered_at,
    ).select_from(DelegationOffer)
    joined = rows.outerjoin(DelegationOfferAnswer, DelegationOfferAnswer.offer_id == DelegationOffer.id)
    own: Select[Any] = joined.where(_own(session)).order_by(DelegationOffer.offered_at.desc())
    return own


def _own(session: ActorSession) -> ColumnElement[bool]:
    return access.readable_by(session, Thing.DELEGATIONS, DelegationOffer.patient_id)


def _capacity(session: ActorSession) -> Select[Any]:
    return select(func.identity.is_incapable(session.actor.patient_id, type_=Boolean()).label("is_incapable"))


def _delegates(session: ActorSession) -> Selects:
    return {
        "delegates": delegate_rows(),
        "offers": _own_offers(session),
        "represented": represented_rows(),
        "offered": offered_rows(),
        "capacity": _capacity(session),
    }


_DELEGATES = CombinedQuery(_delegates)


def _own_offer(row: Any, at: datetime) -> OwnOffer:
    answer = Answer(row.answer) if row.answer else None
    state = state_of(answer, expires_at=row.expires_at, at=at)
    return OwnOffer(
        id=row.id,
        snils_masked=_masked(bytes(row.identifier_sealed)),
        birth_date=row.birth_date,
        scopes=_in_order(row.scopes),
        words=row.words,
        ends_at=row.ends_at,
        expires_at=row.expires_at,
        state=state,
        since=row.answered_at or (row.offered_at if state is OfferState.WAITING else row.expires_at),
    )


def _offered_right(row: Any) -> OfferedRight:
    return OfferedRight(
        id=row.offer_id,
        patient_id=row.patient_id,
        full_name=full_name(row.family_name, row.given_name, row.middle_name),
        scopes=_in_order(row.scopes),
        words=row.words,
        ends_at=row.ends_at,
        expires_at=row.expires_at,
        offered_at=row.offered_at,
        state=state_of(Answer(row.answer) if row.answer else None, expires_at=row.expires_at, at=now()),
        birth_date=row.birth_date,
    )


def _in_order(scopes: Sequence[str]) -> tuple[Scope, ...]:
    return tuple(each for each in Scope if each in scopes)


def _masked(sealed: bytes) -> str:
    try:
        return masked_snils(unseal(sealed, SEALED_AS))
    except InvalidTag:
        return ""
