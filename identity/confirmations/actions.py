"""Linking an account to a patient whose document was seen, ending that, and the one-time code of whoever signs in later."""

from uuid import UUID

from sqlalchemy import LargeBinary, Text, func, literal
from sqlalchemy.dialects.postgresql import ARRAY, insert

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RateLimited
from foundation.identifiers import new_id
from foundation.outbox import announce
from foundation.sealing import keyed_digest, keyed_digests
from foundation.shared_counts import SharedCounts
from identity.confirmations.enumerations import LinkEndReason
from identity.confirmations.queries import confirmation_of_code, link_conflict, links_of
from identity.confirmations.rules import (
    CODE_GOOD_FOR,
    MOST_TRIES_OF_ACCOUNT,
    OneTimeCode,
    SeenDocument,
    require_linkable,
)
from identity.confirmations.tables import ConfirmedIdentity, ConfirmedIdentityEnd, LinkingCode
from identity.patients.queries.patients import patient_card

LINKED = "linked"
_tries = SharedCounts()


def confirm_identity(
    session: ActorSession, *, account_id: UUID, patient_id: UUID, seen: SeenDocument, request_id: UUID
) -> UUID:
    """Link the account that asked to the patient whose document the actor has seen.

    Raises:
        NotFound: the patient is not one whom the actor may know.
        RuleBroken: the account or the patient is somebody's already, or the patient has died.
    """
    card = patient_card(session, patient_id)
    require_linkable(link_conflict(session, account_id, patient_id), card.death)
    confirmation_id = new_id()
    session.connection().execute(
        insert(ConfirmedIdentity).inline(),
        {
            "id": confirmation_id,
            "account_id": account_id,
            "patient_id": patient_id,
            **_seen_by_actor(session, confirmation_id, seen),
            "request_id": request_id,
        },
    )
    _tell(session, confirmation_id, patient_id, session.actor.facility_id)
    return confirmation_id


def end_link(
    session: ActorSession, patient_id: UUID, confirmation_id: UUID, *, reason: LinkEndReason
) -> UUID:
    """The account opens the record no more, and its sessions end; ended twice changes nothing. Raises NotFound.

    Returns:
        The link.
    """
    if confirmation_id not in {each.id for each in links_of(session, patient_id)}:
        raise NotFound("Record not found.")
    ended = session.connection().execute(
        insert(ConfirmedIdentityEnd).on_conflict_do_nothing(),
        {
            "confirmation_id": confirmation_id,
            "patient_id": patient_id,
            "reason": reason,
            "staff_id": session.actor.staff_id,
            "facility_id": session.actor.facility_id,
        },
    )
    if ended.rowcount:
        session.scalars(func.identity.end_linked_sessions(confirmation_id)).one()
        _record(session, "account.unlinked", patient_id, confirmation_id)
    return confirmation_id


def give_code(session: ActorSession, patient_id: UUID, seen: SeenDocument) -> tuple[UUID, OneTimeCode]:
    """A code for the person whose document the actor has seen; it is told here once and kept nowhere.

    Raises:
        NotFound: the patient is not one whom the actor may know.
        RuleBroken: the patient has died.
    """
    require_linkable("", patient_card(session, patient_id).death)
    code_id, code = new_id(), OneTimeCode.new()
    session.connection().execute(
        insert(LinkingCode).inline(),
        {
            "id": code_id,
            "slip": code.slip,
            "code_digest": keyed_digest(code.sealed_as),
            "patient_id": patient_id,
            **_seen_by_actor(session, code_id, seen),
        },
    )
    _record(session, "linking_code.given", patient_id, code_id)
    return code_id, code


def use_code(session: ActorSession, code: OneTimeCode | None) -> bool:
    """Link the account of whoever was just proven to the patient of the code.

    Returns:
        Whether it was one; a wrong try is kept, so the transaction must not fail for it.

    Raises:
        RateLimited: too many wrong ones from this account.
        RuleBroken: the account or the patient is somebody's already.
    """
    if _tries.incr(f"one-time code/{session.actor.account_id}", int(CODE_GOOD_FOR.total_seconds())) > (
        MOST_TRIES_OF_ACCOUNT
    ):
        raise RateLimited("Too many codes were tried. Ask at reception for a new one, and wait 15 minutes.")
    if code is None:
        return False
    confirmation_id = new_id()
    digests = literal(keyed_digests(code.sealed_as), ARRAY(LargeBinary))
    # A definer function: who types a code may read none (docs/decisions/0027-links-made-in-person.md).
    outcome = session.scalars(
        func.identity.use_linking_code(code.slip, digests, confirmation_id, type_=Text())
    ).one()
    if not outcome:
        return False
    require_linkable("" if outcome == LINKED else outcome)
    linked = confirmation_of_code(session, confirmation_id)
    _tell(session, confirmation_id, linked.patient_id, linked.facility_id)
    return True


def _seen_by_actor(session: ActorSession, row_id: UUID, seen: SeenDocument) -> dict[str, object]:
    return {
        "document_kind": seen.kind,
        "evidence_digest": keyed_digest(seen.evidence(row_id)).hex(),
        "staff_id": session.actor.staff_id,
        "facility_id": session.actor.facility_id,
    }


def _tell(session: ActorSession, confirmation_id: UUID, patient_id: UUID, facility_id: UUID | None) -> None:
    """In the list of accesses, and as news."""
    _record(session, "account.linked", patient_id, confirmation_id)
    announce(
        session,
        "account.linked",
        {
            "patient_id": str(patient_id),
            "object_id": str(facility_id),
            "confirmation_id": str(confirmation_id),
        },
    )


def _record(session: ActorSession, act: str, patient_id: UUID, object_id: UUID) -> None:
    audit.record(session, act=act, patient_id=patient_id, object_kind="account_link", object_id=object_id)
