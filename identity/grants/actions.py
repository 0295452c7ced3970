"""Offering somebody a right to act for oneself, answering such an offer, and ending what came of it."""

from dataclasses import replace
from typing import cast
from uuid import UUID

from sqlalchemy import Boolean, func
from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.actor import Actor, ActorKind
from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from foundation.errors import NotAllowed, NotFound, RateLimited, RuleBroken, Stale
from foundation.identifiers import new_id
from foundation.outbox import announce
from foundation.sealing import keyed_digest, seal
from foundation.shared_counts import SharedCounts
from identity.access.enumerations import Scope
from identity.delegations.actions import end_delegation
from identity.delegations.enumerations import DelegationKind
from identity.delegations.queries import age_limits, delegate_of, represented_by
from identity.delegations.rules.scopes import limited
from identity.grants.enumerations import Answer, OfferState
from identity.grants.queries import (
    Delegates,
    OfferedRight,
    delegates_of_reader,
    has_waiting_offer,
    is_incapable,
    is_own_number,
    offer_to_reader,
    own_offer,
)
from identity.grants.rules import (
    DAY_S,
    MOST_A_DAY,
    NewOffer,
    over_at,
    require_capable,
    require_of_age,
    require_term,
    waits_until,
)
from identity.grants.tables import SEALED_AS, DelegationOffer, DelegationOfferAnswer
from identity.people.enumerations import Birth
from identity.people.rules.snils import SNILS_SYSTEM

OFFER, RIGHT = "delegation_offer", "delegation"
_offers = SharedCounts()


def open_delegates(session: ActorSession) -> Delegates:
    """Who may act for the reader and for whom the reader may. Raises NotAllowed: whoever reads acts for somebody."""
    require_oneself(session)
    audit.record(session, act="delegations.shown", patient_id=session.actor.patient_id)
    return delegates_of_reader(session)


def begin_offer(session: ActorSession) -> None:
    """The form is about to be shown.

    Raises:
        NotAllowed: whoever reads acts for somebody.
        RuleBroken: a guardian acts for the reader.
    """
    require_oneself(session)
    require_capable(is_incapable=is_incapable(session))


def offer_right(session: ActorSession, new: NewOffer) -> UUID:
    """Offer a right to act for the actor. Nobody is looked up: whether such a person exists is told by nothing that follows.

    Raises:
        NotAllowed: the actor acts for somebody.
        RateLimited: the actor has offered too often today.
        RuleBroken: a guardian acts for the actor; to oneself, to somebody who was offered one already, for no part, or for no time
            or for too long.
    """
    require_oneself(session)
    require_capable(is_incapable=is_incapable(session))
    if _offers.incr(f"delegation offers/{session.actor.account_id}", DAY_S) > MOST_A_DAY:
        raise RateLimited("You have made many offers today. Go on tomorrow.")
    require_term(new.last_day, today=today())
    if is_own_number(session, new.snils):
        raise RuleBroken("This is your own SNILS. Type that of the person who will act for you.")
    if has_waiting_offer(session, new.snils, new.birth_date):
        raise RuleBroken(
            "You have made an offer to this person already. Withdraw it first to offer something else."
        )
    at, offer_id = now(), new_id()
    ends_at = over_at(new.last_day, zone=zone())
    session.connection().execute(
        insert(DelegationOffer).inline(),
        {
            "id": offer_id,
            "patient_id": session.actor.patient_id,
            "identifier_system": SNILS_SYSTEM,
            "identifier_digest": keyed_digest(new.snils),
            "identifier_sealed": seal(new.snils, SEALED_AS),
            "birth_date": new.birth_date,
            "scopes": [each.value for each in Scope if each in new.scopes],
            "words": new.words,
            "ends_at": ends_at,
            "expires_at": waits_until(ends_at, at=at),
        },
    )
    _record(session, "delegation_offer.made", OFFER, offer_id)
    return offer_id


def revoke_offer(session: ActorSession, offer_id: UUID) -> UUID:
    """Nobody can accept it any more; withdrawn twice changes nothing.

    Raises:
        NotFound: absent, or another's.
        Stale: it was answered meanwhile.
    """
    require_oneself(session)
    offer = own_offer(session, offer_id)
    written = session.connection().execute(
        insert(DelegationOfferAnswer).on_conflict_do_nothing(),
        {"offer_id": offer.id, "patient_id": session.actor.patient_id, "answer": Answer.REVOKED},
    )
    if written.rowcount:
        _record(session, "delegation_offer.revoked", OFFER, offer_id)
    elif own_offer(session, offer_id).state is not OfferState.REVOKED:
        raise Stale("This offer was answered meanwhile. See below how it stands.")
    return offer_id


def open_offer(session: ActorSession, offer_id: UUID) -> OfferedRight:
    """What somebody offers the reader. Raises NotFound, and NotAllowed: whoever reads acts for somebody."""
    require_oneself(session)
    return offer_to_reader(session, offer_id)


def who_accepts(session: ActorSession, offer: OfferedRight) -> Actor:
    """As whom the reader accepts: as whoever acts for the giver by that right, who then reads who it was."""
    return _acting(session, offer.id, offer.patient_id, offer.scopes)


def accept_offer(session: ActorSession, offer: OfferedRight) -> UUID:
    """From now on the right lives; accepted by the actor that `who_accepts` told.

    Raises:
        RuleBroken: the reader is not of age.
        Stale: it was answered already, withdrawn, or waited too long.
    """
    at = now()
    limits = age_limits(session, on=today())
    require_of_age(Birth(offer.birth_date), limits, at=at, zone=zone())
    _answer(session, offer, accepted=True)
    _record(session, "delegation.accepted", RIGHT, offer.id)
    return offer.id


def decline_offer(session: ActorSession, offer: OfferedRight) -> UUID:
    """Whoever offered reads that it was declined. Raises Stale: it was answered already, withdrawn, or waited too long."""
    _answer(session, offer, accepted=False)
    _record(session, "delegation_offer.declined", OFFER, offer.id)
    return offer.id


def take_back(session: ActorSession, delegation_id: UUID) -> UUID:
    """End a right that the actor gave: whoever is acting by it is signed out at once. Ended twice changes nothing.

    Raises:
        NotFound: absent, another's, or one that the actor did not give.
    """
    require_oneself(session)
    if delegate_of(session, delegation_id).kind is not DelegationKind.GRANT:
        raise NotFound("There is no such right to act for somebody.")
    end_delegation(session, delegation_id, reason="taken back")
    return delegation_id


def right_to_give_back(session: ActorSession, delegation_id: UUID) -> Actor:
    """As whom the reader gives back a right that somebody gave them. Raises NotFound: absent, another's, or no grant."""
    require_oneself(session)
    person = represented_by(session, delegation_id)
    if person.kind is not DelegationKind.GRANT:
        raise NotFound("There is no such right to act for somebody.")
    return _acting(session, delegation_id, person.patient_id, person.scopes)


def give_back(session: ActorSession) -> UUID:
    """End the right by which the actor acts, whom `right_to_give_back` told."""
    delegation_id = cast(UUID, session.actor.delegation_id)
    end_delegation(session, delegation_id, reason="given back")
    return delegation_id


def require_oneself(session: ActorSession) -> None:
    """Raises NotAllowed: who acts for somebody decides nothing about who else may."""
    if session.actor.kind is not ActorKind.CITIZEN:
        raise NotAllowed(
            "Only the person themself decides who may act for them. Go back to your own record first."
        )


def _acting(session: ActorSession, delegation_id: UUID, patient_id: UUID, scopes: tuple[Scope, ...]) -> Actor:
    return replace(
        session.actor,
        kind=ActorKind.DELEGATE,
        patient_id=patient_id,
        own_patient_id=session.actor.patient_id,
        delegation_id=delegation_id,
        scopes=limited(scopes),
    )


def _answer(session: ActorSession, offer: OfferedRight, *, accepted: bool) -> None:
    # A definer function: who offers is somebody whom the actor does not see (docs/decisions/0002-doorkeeper.md).
    answered = session.scalar(func.identity.answer_offer(offer.id, accepted, type_=Boolean()))
    if not answered:
        raise Stale("This offer was answered or withdrawn meanwhile.")
    topic = "delegation-offer.accepted" if accepted else "delegation-offer.declined"
    announce(session, topic, {"patient_id": str(offer.patient_id), "object_id": str(offer.id)})


def _record(session: ActorSession, act: str, object_kind: str, object_id: UUID) -> None:
    audit.record(
        session, act=act, patient_id=session.actor.patient_id, object_kind=object_kind, object_id=object_id
    )
