"""A person's own rows as files, for the copy of all their data: this room's, and in what form the other rooms write theirs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from sqlalchemy import ColumnElement, LargeBinary, Table, literal, or_, select, true, tuple_

from foundation.csv_tables import csv_chunks
from foundation.database.tables import Base
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText, bilingual
from foundation.personal_copies import CopyFile, CopyPart
from foundation.sealing import unseal
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.access.tables import CareRelation
from identity.closures.tables import ClosedCare, Closure, ClosureLift
from identity.confirmations.tables import ConfirmedIdentity, ConfirmedIdentityEnd
from identity.consents.tables import Consent
from identity.contact_points.tables import SEALED_AS as CONTACT_SEALED_AS
from identity.contact_points.tables import (
    ContactPoint,
    ContactPointConfirmation,
    ContactPointEnd,
    NoticeChoice,
)
from identity.deaths.tables import RecordedDeath, UndoneDeath
from identity.delegations.tables import Delegation, DelegationEnd
from identity.emergencies.tables import Emergency, EmergencyVerdict
from identity.facilities.tables import Facility
from identity.grants.tables import DelegationOffer, DelegationOfferAnswer
from identity.guardians.tables import Guardianship
from identity.patients.tables import SEALED_AS, Patient, PatientIdentifier
from identity.sessions.tables.accounts import PatientLink
from identity.sessions.tables.sessions import Session
from identity.shares.queries import share_is_told
from identity.shares.tables import Share, ShareEnd, ShareOpening, ShareOpeningEnd

# So many rows are held at once.
PORTION = 500
# Digests and numbers by which the service knows something again: they say nothing to a person.
PERSON, CONTACTS, PLACES = "person.csv", "contacts.csv", "clinics.csv"
LEFT_OUT = ("_sha256", "_digest", "_sealed", "provider_session")


# Which rows of a table are told to the reader, who may be a parent to whom something of the record is closed.
Told = Callable[[ActorSession], ColumnElement[bool]]


def own_rows_part(
    told: BilingualText,
    thing: Thing,
    *tables: type[Base],
    whose: tuple[str, ...] = ("patient_id",),
    without: tuple[str, ...] = (),
    only: Mapping[type[Base], Told] | None = None,
    betraying: tuple[str, ...] = (),
) -> CopyPart:
    """A file for each table with the reader's rows in it, as they are kept.

    Args:
        thing: what of a record the rows are, for the wall of the application.
        whose: the columns of which one must name the reader.
        without: columns that say nothing to a person.
        only: of some tables, which of the reader's rows are told.
        betraying: columns that say how much there is of what is closed to a parent.
    """
    kept = [cast(Table, each.__table__) for each in tables]
    narrowed = {cast(Table, table.__table__): rows for table, rows in (only or {}).items()}

    def files(session: ActorSession, _address: str) -> Iterator[CopyFile]:
        for table in kept:
            left_out = (*without, *betraying) if session.actor.hidden_labels else without
            rows = narrowed[table](session) if table in narrowed else true()
            yield _file_of(table), _rows(session, table, thing, whose, left_out, rows)

    return CopyPart(told, tuple(map(_file_of, kept)), tuple(each.fullname for each in kept), files)


def _file_of(table: Table) -> str:
    return f"{table.schema}.{table.name}.csv"


def _rows(
    session: ActorSession,
    table: Table,
    thing: Thing,
    whose: tuple[str, ...],
    without: tuple[str, ...],
    told: ColumnElement[bool],
) -> Iterator[bytes]:
    own: list[ColumnElement[bool]] = [
        (table.c[each] == session.actor.patient_id) & access.readable_by(session, thing, table.c[each])  # type: ignore[arg-type]  # a plain column
        for each in whose
    ]
    columns = [
        each
        for each in table.c
        if not isinstance(each.type, LargeBinary) and not each.name.endswith((*LEFT_OUT, *without))
    ]
    head = [each.name for each in columns]
    return csv_chunks(head, _in_portions(session, table, select(*columns).where(or_(*own), told)))


def _in_portions(session: ActorSession, table: Table, found: Any) -> Iterator[Any]:
    """The rows by the key of their table; no cursor is held open on the server meanwhile."""
    key = list(table.primary_key)
    portion = found.order_by(*key).limit(PORTION)
    rows = session.execute(portion).all()
    while rows:
        yield from rows
        if len(rows) < PORTION:
            return
        last = tuple_(*(literal(rows[-1]._mapping[each.name], each.type) for each in key))
        rows = session.execute(portion.where(tuple_(*key) > last)).all()


def _person(session: ActorSession, _address: str) -> Iterable[CopyFile]:
    """Who the reader is, with their numbers in clear: they are the reader's own."""
    yield PERSON, csv_chunks(("what", "value"), _facts(session))


def _facts(session: ActorSession) -> Iterator[tuple[str, object]]:
    own = access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id)
    for patient in session.scalars(select(Patient).where(Patient.id == session.actor.patient_id, own)):
        for name in (
            "id",
            "family_name",
            "given_name",
            "middle_name",
            "birth_date",
            "birth_precision",
            "sex",
        ):
            yield name, getattr(patient, name)
        for name in ("death_date", "death_precision", "recorded_death_on", "provisional"):
            yield name, getattr(patient, name)
    known = select(PatientIdentifier.system, PatientIdentifier.value_sealed).where(
        PatientIdentifier.patient_id == session.actor.patient_id,
        access.readable_by(session, Thing.DEMOGRAPHICS, PatientIdentifier.patient_id),
    )
    for system, sealed in session.execute(known.order_by(PatientIdentifier.system)):
        yield system, _opened(bytes(sealed), SEALED_AS)


def _contacts(session: ActorSession, _address: str) -> Iterable[CopyFile]:
    """By which the reader is reached, or was, in clear."""
    known: Any = select(
        ContactPoint.system,
        ContactPoint.value_sealed,
        ContactPoint.entered_at,
        ContactPointConfirmation.confirmed_at,
        ContactPointEnd.ended_at,
    )
    joined = known.outerjoin(
        ContactPointConfirmation, ContactPointConfirmation.contact_point_id == ContactPoint.id
    ).outerjoin(ContactPointEnd, ContactPointEnd.contact_point_id == ContactPoint.id)
    own = joined.where(
        ContactPoint.patient_id == session.actor.patient_id,
        access.readable_by(session, Thing.DELEGATIONS, ContactPoint.patient_id),
    )
    lines = (
        (row.system, _opened(bytes(row.value_sealed), CONTACT_SEALED_AS), *row[2:])
        for row in session.execute(own.order_by(ContactPoint.entered_at))
    )
    head = ("system", "value", "entered_at", "confirmed_at", "ended_at")
    yield CONTACTS, csv_chunks(head, lines)


def _opened(sealed: bytes, purpose: str) -> str:
    """Empty where the key is gone that it was sealed under."""
    try:
        return unseal(sealed, purpose)
    except InvalidTag:
        return ""


def _places(session: ActorSession, _address: str) -> Iterable[CopyFile]:
    rows = select(Facility.id, Facility.name_en, Facility.name_ru).order_by(Facility.code)
    yield PLACES, csv_chunks(("id", "name_en", "name_ru"), session.execute(rows))


COPY_PARTS = (
    CopyPart(
        bilingual("Who you are: your name, date of birth and numbers."),
        (PERSON,),
        ("identity.patient", "identity.patient_identifier"),
        _person,
    ),
    CopyPart(
        bilingual("By which address and telephone you are reached, or were."),
        (CONTACTS,),
        ("identity.contact_point",),
        _contacts,
    ),
    own_rows_part(bilingual("Which letters you chose."), Thing.DELEGATIONS, NoticeChoice),
    own_rows_part(
        bilingual("Which clinics could see your record, why, from when and until when."),
        Thing.ACCESS_LOG,
        CareRelation,
        only={CareRelation: lambda session: access.basis_is_told(session, CareRelation.basis)},
    ),
    own_rows_part(
        bilingual("Who may act for you, for whom you may, and how it ended."),
        Thing.DELEGATIONS,
        *(Delegation, DelegationEnd, Guardianship),
        whose=("patient_id", "delegate_id"),
    ),
    own_rows_part(
        bilingual("Rights to act for you that you offered, and what was answered."),
        Thing.DELEGATIONS,
        *(DelegationOffer, DelegationOfferAnswer),
    ),
    own_rows_part(
        bilingual("To which clinics you closed your record, and when you opened it again."),
        Thing.ACCESS_LOG,
        *(Closure, ClosureLift, ClosedCare),
        only={ClosedCare: lambda session: access.basis_is_told(session, ClosedCare.basis)},
    ),
    own_rows_part(bilingual("What you agreed to, and what you did not."), Thing.DELEGATIONS, Consent),
    own_rows_part(
        bilingual("Openings of your record in an emergency, and what was said of them."),
        Thing.ACCESS_LOG,
        *(Emergency, EmergencyVerdict),
        betraying=("words",),
    ),
    own_rows_part(
        bilingual("What you showed to doctors by a link, and when it was opened."),
        Thing.DELEGATIONS,
        *(Share, ShareEnd, ShareOpening, ShareOpeningEnd),
        only={
            each: partial(share_is_told, table=each)
            for each in (Share, ShareEnd, ShareOpening, ShareOpeningEnd)
        },
    ),
    own_rows_part(
        bilingual("Your accounts and where you were signed in."),
        Thing.DELEGATIONS,
        *(PatientLink, Session, ConfirmedIdentity, ConfirmedIdentityEnd),
    ),
    own_rows_part(
        bilingual("A death that was recorded of you by mistake, and that it was undone."),
        Thing.DELEGATIONS,
        *(RecordedDeath, UndoneDeath),
    ),
    CopyPart(
        bilingual("What the numbers of clinics in the other files mean. This is no data of yours."),
        (PLACES,),
        (),
        _places,
    ),
)
