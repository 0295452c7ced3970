"""Entering contact details, confirming them, taking them away, and choosing what is sent there."""

import secrets
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Boolean, func
from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.actor import ActorKind
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import NotAllowed, RuleBroken
from foundation.identifiers import new_id
from foundation.outbox import announce
from foundation.sealing import seal, token_digest
from identity.contact_points.enumerations import ContactSystem, Method, NoticeTopic
from identity.contact_points.queries import (
    ContactDetails,
    PatientsContacts,
    contacts_of_patient,
    is_confirmed,
    links_made_lately,
    living_point_ids,
    own_contacts,
    own_point,
    point_of_patient,
    wants_sign_in_letters,
)
from identity.contact_points.rules.links import require_room_for_link
from identity.contact_points.tables import (
    LINK_SEALED_AS,
    SEALED_AS,
    ContactLink,
    ContactPoint,
    ContactPointConfirmation,
    ContactPointEnd,
    ContactPointRefusal,
    NoticeChoice,
)
from identity.patients.queries.patients import patient_card

TOKEN_BYTES = 32
CONFIRMATION_LETTER, SIGN_IN_LETTER = "mail.contact-link", "mail.sign-in"
ENTERED, ENDED = "contact-point.entered", "contact-point.ended"
DIED = "The register says that this person has died."

Owner = Mapping[str, UUID]


def open_own_contacts(session: ActorSession) -> ContactDetails:
    """The actor's contact details and choices, or those of whom they act for."""
    found = own_contacts(session)
    _record(session, "contact_points.opened", session.actor.patient_id, None)
    return found


def open_contacts_of_patient(session: ActorSession, patient_id: UUID) -> PatientsContacts:
    """A patient's, at the registrar's desk. Raises NotFound."""
    found = contacts_of_patient(session, patient_id)
    _record(session, "contact_points.opened", patient_id, patient_id)
    return found


def enter_own(session: ActorSession, system: ContactSystem, value: str, *, letter_in: str | None) -> UUID:
    """The actor is reached there from now on, and nowhere else of the kind.

    Args:
        value: in its normal form.
        letter_in: the language of the letter that asks to confirm an address; None where none is sent.

    Raises:
        RuleBroken: too many letters were asked for lately.
    """
    return _enter(session, own_of(session), system, value, letter_in=letter_in)


def enter_for_patient(
    session: ActorSession, patient_id: UUID, system: ContactSystem, value: str, *, letter_in: str | None
) -> UUID:
    """The same for a patient who stands before the actor, and is told of it as news.

    Raises:
        NotFound: the patient is not one whom the actor may know.
        RuleBroken: the patient has died; or too many letters were asked for lately.
    """
    _require_alive(session, patient_id)
    owner = {"patient_id": patient_id}
    point_id = _enter(session, owner, system, value, letter_in=letter_in, at_desk=True)
    _tell(session, ENTERED, patient_id, point_id)
    return point_id


def end_own(session: ActorSession, contact_point_id: UUID) -> UUID:
    """Nothing is sent there any more. Raises NotFound: absent, ended, or another's."""
    own_point(session, contact_point_id)
    return _end(session, contact_point_id, session.actor.patient_id)


def end_for_patient(session: ActorSession, patient_id: UUID, contact_point_id: UUID) -> UUID:
    """The same at the desk; the patient is told. Raises NotFound."""
    point_of_patient(session, patient_id, contact_point_id)
    _end(session, contact_point_id, patient_id, at_desk=True)
    _tell(session, ENDED, patient_id, contact_point_id)
    return contact_point_id


def send_own_link(session: ActorSession, contact_point_id: UUID, *, language: str, sends: bool) -> UUID:
    """Send another link.

    Raises:
        NotFound: absent, ended, or another's.
        RuleBroken: it is confirmed, or no address; too many letters were asked for; or this service sends none.
    """
    point = own_point(session, contact_point_id)
    if not sends:
        raise RuleBroken("This service sends no e-mail yet.")
    if point.system is not ContactSystem.EMAIL:
        raise RuleBroken("A telephone is confirmed at the reception of your clinic.")
    _require_unconfirmed(session, point)
    _send_link(session, own_of(session), point.id, language=language)
    return contact_point_id


def confirm_in_person(session: ActorSession, patient_id: UUID, contact_point_id: UUID) -> UUID:
    """The actor has seen that the telephone is the patient's. Raises NotFound, and RuleBroken: it is an address, or confirmed."""
    _require_alive(session, patient_id)
    point = point_of_patient(session, patient_id, contact_point_id)
    if point.system is not ContactSystem.PHONE:
        raise RuleBroken("An address is confirmed by the link that is sent there.")
    _require_unconfirmed(session, point)
    session.connection().execute(
        insert(ContactPointConfirmation).on_conflict_do_nothing(),
        {"contact_point_id": point.id, "method": Method.IN_PERSON, **_by_actor(session, at_desk=True)},
    )
    _record(session, "contact_point.confirmed", patient_id, point.id)
    return contact_point_id


def confirm_by_link(session: ActorSession, token: str) -> bool:
    """Whoever holds the link confirms the address that it was sent to; whether it was one that is good still."""
    # A definer function: whose the link is, nobody is told (docs/decisions/0025-contact-details.md).
    return bool(session.scalar(func.identity.confirm_contact_point(token_digest(token), type_=Boolean())))


def choose_sign_in_letters(session: ActorSession, *, wanted: bool, language: str) -> UUID:
    """Whether the actor is told of their sign-ins by e-mail, in that language, from now on."""
    choice_id = new_id()
    session.connection().execute(
        insert(NoticeChoice).inline(),
        {
            "id": choice_id,
            "patient_id": None,
            "staff_id": None,
            **own_of(session),
            "topic": NoticeTopic.SIGN_IN,
            "wanted": wanted,
            "language": language,
        },
    )
    _record(session, "notice_choice.made", session.actor.patient_id, choice_id)
    return choice_id


def tell_of_sign_in(session: ActorSession) -> None:
    """The actor's session has just begun: they are told by e-mail where they chose so."""
    if wants_sign_in_letters(session):
        announce(session, SIGN_IN_LETTER, {"session_id": str(session.actor.session_id)})


def note_refused_address(session: ActorSession, contact_point_id: UUID) -> None:
    """A mail server takes nothing for it; its owner reads so. Noted twice changes nothing."""
    session.connection().execute(
        insert(ContactPointRefusal).on_conflict_do_nothing(), {"contact_point_id": contact_point_id}
    )


def own_of(session: ActorSession) -> Owner:
    """Whose the actor's contact details are: their own, or those of whom they act for. Raises NotAllowed: nobody's."""
    actor = session.actor
    if actor.kind is ActorKind.STAFF and actor.staff_id:
        return {"staff_id": actor.staff_id}
    if actor.patient_id is None or actor.scopes is not None:
        raise NotAllowed("You may not see this part of the record.")
    return {"patient_id": actor.patient_id}


def _enter(
    session: ActorSession,
    owner: Owner,
    system: ContactSystem,
    value: str,
    *,
    letter_in: str | None,
    at_desk: bool = False,
) -> UUID:
    # Of two that are entered at once, one takes the place of the other.
    _one_at_a_time(session, owner)
    for former in living_point_ids(session, owner=owner, system=system):
        _end(session, former, owner.get("patient_id"), at_desk=at_desk)
    point_id = new_id()
    session.connection().execute(
        insert(ContactPoint).inline(),
        {
            "id": point_id,
            "patient_id": None,
            "staff_id": None,
            **owner,
            "system": system,
            "value_sealed": seal(value, SEALED_AS),
            **_by_actor(session, at_desk=at_desk),
        },
    )
    _record(session, "contact_point.entered", owner.get("patient_id"), point_id)
    if letter_in and system is ContactSystem.EMAIL:
        _send_link(session, owner, point_id, language=letter_in)
    return point_id


def _send_link(session: ActorSession, owner: Owner, point_id: UUID, *, language: str) -> None:
    _one_at_a_time(session, owner)
    require_room_for_link(links_made_lately(session, owner=owner), at=now())
    link_id, token = new_id(), secrets.token_urlsafe(TOKEN_BYTES)
    session.connection().execute(
        insert(ContactLink).inline(),
        {
            "id": link_id,
            "contact_point_id": point_id,
            "token_sha256": token_digest(token),
            "language": language,
        },
    )
    # Readable while the letter waits, with the service's key alone.
    sealed = seal(token, LINK_SEALED_AS).hex()
    announce(session, CONFIRMATION_LETTER, {"link_id": str(link_id), "sealed": sealed})


def _end(session: ActorSession, point_id: UUID, patient_id: UUID | None, *, at_desk: bool = False) -> UUID:
    session.connection().execute(
        insert(ContactPointEnd).on_conflict_do_nothing(),
        {"contact_point_id": point_id, **_by_actor(session, at_desk=at_desk)},
    )
    _record(session, "contact_point.ended", patient_id, point_id)
    return point_id


def _by_actor(session: ActorSession, *, at_desk: bool) -> dict[str, UUID | None]:
    actor = session.actor
    return {
        "entered_by": actor.staff_id if at_desk else None,
        "facility_id": actor.facility_id if at_desk else None,
    }


def _require_alive(session: ActorSession, patient_id: UUID) -> None:
    if patient_card(session, patient_id).death:
        raise RuleBroken(DIED)


def _require_unconfirmed(session: ActorSession, point: ContactPoint) -> None:
    if is_confirmed(session, point.id):
        raise RuleBroken("This is confirmed already.")


def _one_at_a_time(session: ActorSession, owner: Owner) -> None:
    ((_, value),) = owner.items()
    session.scalar(func.pg_advisory_xact_lock(func.hashtextextended(f"contact points {value}", 0)))


def _tell(session: ActorSession, topic: str, patient_id: UUID, point_id: UUID) -> None:
    announce(session, topic, {"patient_id": str(patient_id), "object_id": str(point_id)})


def _record(session: ActorSession, act: str, patient_id: UUID | None, object_id: UUID | None) -> None:
    audit.record(session, act=act, patient_id=patient_id, object_kind="contact_point", object_id=object_id)
