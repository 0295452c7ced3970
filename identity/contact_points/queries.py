"""Somebody's contact details and choices, through whoever asks; and for the worker what a letter needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select

from foundation.actor import ActorKind
from foundation.clock import now
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.sealing import unseal
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.contact_points.enumerations import ContactSystem, Method, NoticeTopic
from identity.contact_points.rules.addresses import printed_phone
from identity.contact_points.tables import (
    SEALED_AS,
    ContactLink,
    ContactPoint,
    ContactPointConfirmation,
    ContactPointEnd,
    ContactPointRefusal,
    NoticeChoice,
)
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.patients.queries.patients import PatientCard, patient_from, patient_rows
from identity.patients.tables import Patient
from identity.sessions.rules.browsers import Browser
from identity.sessions.tables.sessions import Session

NO_POINT = "There is no such address or telephone."


@dataclass(frozen=True, slots=True)
class ContactCard:
    """An address or a telephone. `value` is "" where the key is gone that it was sealed under.

    Attributes:
        facility_id: where a registrar entered it; None where its owner did.
        refused_at: when a mail server said that it takes nothing for the address.
        link_sent_at: when the newest link was made for it.
    """

    id: UUID
    system: ContactSystem
    value: str
    facility_id: UUID | None
    entered_at: datetime
    method: Method | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    refused_at: datetime | None
    link_sent_at: datetime | None

    @property
    def lives(self) -> bool:
        return self.ended_at is None

    @property
    def printed(self) -> str:
        """As people read it; "•••" where the key is gone that it was sealed under."""
        shown = printed_phone(self.value) if self.system is ContactSystem.PHONE else self.value
        return shown or "•••"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody chose last: to be told or not, in that language."""

    wanted: bool
    language: str
    chosen_at: datetime


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """The newest first. `choice` is None where nothing was ever chosen; then nothing is sent."""

    cards: Sequence[ContactCard]
    choice: Choice | None
    facilities: Mapping[UUID, FacilityCard]

    def living(self, system: str) -> ContactCard | None:
        """The one that is used; there is one of each kind at most."""
        return next((each for each in self.cards if each.lives and each.system == system), None)

    @property
    def past(self) -> list[ContactCard]:
        return [each for each in self.cards if not each.lives]


@dataclass(frozen=True, slots=True)
class PatientsContacts:
    patient: PatientCard
    details: ContactDetails


@dataclass(frozen=True, slots=True)
class ConfirmationToSend:
    """A link whose letter may still be sent. `email` is "" where the key is gone."""

    contact_point_id: UUID
    email: str
    language: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SignInToTell:
    """A sign-in of which its owner wants to know. `email` is "" where the key is gone."""

    contact_point_id: UUID
    email: str
    language: str
    at: datetime
    provider: str
    browser: Browser
    staff: bool


def own_contacts(session: ActorSession) -> ContactDetails:
    """Those of the reader, or of whom the reader acts for by a right to all of the record."""
    answer = _OWN.fetch(session)
    return _details(answer.points, answer.choices, answer.facilities)


def contacts_of_patient(session: ActorSession, patient_id: UUID) -> PatientsContacts:
    """As a registrar sees them, without what was chosen. Raises NotFound: absent, or not one whom the reader may know."""
    answer = _OF_PATIENT.fetch(session, patient_id=patient_id)
    return PatientsContacts(patient_from(answer.opened), _details(answer.points, [], answer.facilities))


def own_point(session: ActorSession, contact_point_id: UUID) -> ContactPoint:
    """One of the reader's that is used still. Raises NotFound."""
    return _living_one(session, ContactPoint.id == contact_point_id, _of_reader(session, ContactPoint))


def point_of_patient(session: ActorSession, patient_id: UUID, contact_point_id: UUID) -> ContactPoint:
    """The same of a patient whom the reader may know. Raises NotFound."""
    return _living_one(
        session,
        ContactPoint.id == contact_point_id,
        ContactPoint.patient_id == patient_id,
        access.readable_by(session, Thing.DEMOGRAPHICS, ContactPoint.patient_id),
    )


def living_point_ids(
    session: ActorSession, *, owner: Mapping[str, UUID], system: ContactSystem
) -> list[UUID]:
    """Those that another takes the place of. They are seen by whoever may add one."""
    ((name, value),) = owner.items()
    asked: Any = select(ContactPoint.id).where(
        getattr(ContactPoint, name) == value, ContactPoint.system == system, ~_ended()
    )
    return list(session.scalars(asked))


def links_made_lately(session: ActorSession, *, owner: Mapping[str, UUID]) -> list[datetime]:
    """When links were made for this person in the last day, for whichever address."""
    ((name, value),) = owner.items()
    asked: Any = (
        select(ContactLink.made_at)
        .join(ContactPoint, ContactPoint.id == ContactLink.contact_point_id)
        .where(getattr(ContactPoint, name) == value, ContactLink.made_at > now() - timedelta(days=1))
    )
    return list(session.scalars(asked))


def is_confirmed(session: ActorSession, contact_point_id: UUID) -> bool:
    asked = select(exists().where(ContactPointConfirmation.contact_point_id == contact_point_id))
    return bool(session.scalar(asked))


def wants_sign_in_letters(session: ActorSession) -> bool:
    """Whether whoever has just signed in chose to be told of it, and has an address that is confirmed."""
    newest: Any = (
        select(NoticeChoice.wanted)
        .where(_of_reader(session, NoticeChoice), NoticeChoice.topic == NoticeTopic.SIGN_IN)
        .order_by(NoticeChoice.chosen_at.desc(), NoticeChoice.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    confirmed = exists().where(
        _of_reader(session, ContactPoint), ContactPoint.system == ContactSystem.EMAIL, _confirmed(), ~_ended()
    )
    return bool(session.scalar(select(newest.is_(True) & confirmed)))


def confirmation_to_send(session: ActorSession, link_id: UUID) -> ConfirmationToSend | None:
    """For the worker; None where it is not to be sent: over, taken away, confirmed meanwhile, or its owner has died."""
    row = session.execute(
        select(ContactPoint.id, ContactPoint.value_sealed, ContactLink.language, ContactLink.made_at)
        .join(ContactLink, ContactLink.contact_point_id == ContactPoint.id)
        .where(
            ContactLink.id == link_id,
            ContactLink.expires_at > now(),
            ~_ended(),
            ~_confirmed(),
            ~_owner_died(),
        )
    ).one_or_none()
    if row is None:
        return None
    return ConfirmationToSend(row.id, _opened(row.value_sealed), row.language, row.made_at)


def sign_in_to_tell(session: ActorSession, session_id: UUID, *, since: datetime) -> SignInToTell | None:
    """For the worker; None where nobody is to be told: not wanted (any more), no address, too long ago, or its owner has died."""
    signed_in: Any = select(
        Session.id,
        Session.patient_id,
        Session.staff_id,
        Session.provider,
        Session.browser_family,
        Session.browser_system,
        Session.began_at,
    )
    begun = signed_in.where(Session.id == session_id, Session.began_at > since).subquery()

    def same_owner(table: Any) -> ColumnElement[bool]:
        return or_(table.patient_id == begun.c.patient_id, table.staff_id == begun.c.staff_id)

    newest = (
        select(NoticeChoice.wanted, NoticeChoice.language)
        .where(same_owner(NoticeChoice), NoticeChoice.topic == NoticeTopic.SIGN_IN)
        .order_by(NoticeChoice.chosen_at.desc(), NoticeChoice.id.desc())
        .limit(1)
        .lateral()
    )
    asked: Any = (
        select(ContactPoint.id, ContactPoint.value_sealed, newest.c.language, begun)
        .join(begun, same_owner(ContactPoint))
        .join(newest, newest.c.wanted)
        .where(ContactPoint.system == ContactSystem.EMAIL, _confirmed(), ~_ended(), ~_owner_died())
        # Of two records that were joined each may have brought one: the page shows the newest.
        .order_by(ContactPoint.entered_at.desc(), ContactPoint.id.desc())
        .limit(1)
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        return None
    return SignInToTell(
        contact_point_id=row[0],
        email=_opened(row.value_sealed),
        language=row.language,
        at=row.began_at,
        provider=row.provider,
        browser=Browser(row.browser_family, row.browser_system),
        staff=row.staff_id is not None,
    )


def _living_one(session: ActorSession, *conditions: ColumnElement[bool]) -> ContactPoint:
    found = session.scalar(select(ContactPoint).where(*conditions, ~_ended()))
    if found is None:
        raise NotFound(NO_POINT)
    return found


def _of_reader(session: ActorSession, table: Any) -> ColumnElement[bool]:
    actor = session.actor
    if actor.kind is ActorKind.STAFF:
        own: ColumnElement[bool] = table.staff_id == actor.staff_id
        return own if actor.staff_id else false()
    # Whoever acts for somebody sees these by a right to all of the record: of what belongs to no part.
    return access.readable_by(session, Thing.DELEGATIONS, table.patient_id)


def _ended() -> ColumnElement[bool]:
    return exists().where(ContactPointEnd.contact_point_id == ContactPoint.id)


def _confirmed() -> ColumnElement[bool]:
    return exists().where(ContactPointConfirmation.contact_point_id == ContactPoint.id)


def _owner_died() -> ColumnElement[bool]:
    return exists().where(Patient.id == ContactPoint.patient_id, Patient.recorded_death_on.is_not(None))


def _rows(condition: ColumnElement[bool]) -> Select[Any]:
    link_sent_at: Any = (
        select(func.max(ContactLink.made_at))
        .where(ContactLink.contact_point_id == ContactPoint.id)
        .scalar_subquery()
    )
    told: Any = select(
        ContactPoint.id,
        ContactPoint.system,
        ContactPoint.value_sealed,
        ContactPoint.facility_id,
        ContactPoint.entered_at,
        ContactPointConfirmation.method,
        ContactPointConfirmation.confirmed_at,
        ContactPointEnd.ended_at,
        ContactPointRefusal.refused_at,
        link_sent_at.label("link_sent_at"),
    ).select_from(ContactPoint)
    for table in (ContactPointConfirmation, ContactPointEnd, ContactPointRefusal):
        told = told.outerjoin(table, table.contact_point_id == ContactPoint.id)
    rows: Select[Any] = told.where(condition)
    return rows


def _parts(rows: Select[Any]) -> dict[str, Any]:
    points = rows.cte("points")
    return {
        "points": select(points).order_by(points.c.entered_at.desc(), points.c.id.desc()),
        "facilities": facility_rows(select(points.c.facility_id)),
    }


def _own(session: ActorSession) -> Selects:
    choices: Any = (
        select(NoticeChoice.wanted, NoticeChoice.language, NoticeChoice.chosen_at)
        .where(_of_reader(session, NoticeChoice), NoticeChoice.topic == NoticeTopic.SIGN_IN)
        .order_by(NoticeChoice.chosen_at.desc(), NoticeChoice.id.desc())
        .limit(1)
    )
    return {**_parts(_rows(_of_reader(session, ContactPoint))), "choices": choices}


def _of_patient(session: ActorSession, *, patient_id: Any) -> Selects:
    readable = access.readable_by(session, Thing.DEMOGRAPHICS, ContactPoint.patient_id)
    return {
        "opened": patient_rows(session, patient_id),
        **_parts(_rows((ContactPoint.patient_id == patient_id) & readable)),
    }


_OWN, _OF_PATIENT = CombinedQuery(_own), CombinedQuery(_of_patient)


def _details(points: Sequence[Any], choices: Sequence[Any], facilities: Sequence[Any]) -> ContactDetails:
    return ContactDetails(
        cards=[_card(row) for row in points],
        choice=next((Choice(row.wanted, row.language, row.chosen_at) for row in choices), None),
        facilities=facilities_from(facilities),
    )


def _card(row: Any) -> ContactCard:
    return ContactCard(
        id=row.id,
        system=ContactSystem(row.system),
        value=_opened(row.value_sealed),
        facility_id=row.facility_id,
        entered_at=row.entered_at,
        method=Method(row.method) if row.method else None,
        confirmed_at=row.confirmed_at,
        ended_at=row.ended_at,
        refused_at=row.refused_at,
        link_sent_at=row.link_sent_at,
    )


def _opened(sealed: bytes) -> str:
    try:
        return unseal(bytes(sealed), SEALED_AS)
    except InvalidTag:
        return ""
