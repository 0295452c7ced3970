"""The staff register, as other rooms show it and as signing in needs it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, ColumnElement, LargeBinary, Select, case, func, or_, select, tuple_

from foundation.clock import local
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import PrintedName
from foundation.sealing import keyed_digests, unseal
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.tables import Facility
from identity.patients.tables import SEALED_AS, PatientIdentifier
from identity.people.rules.names import full_name, short_name
from identity.people.rules.snils import SNILS_SYSTEM
from identity.roles import Role
from identity.staff.rules import Span
from identity.staff.tables import FOREVER, StaffMember, StaffPost


@dataclass(frozen=True, slots=True)
class StaffCard:
    id: UUID
    full_name: PrintedName
    short_name: PrintedName
    position: BilingualText


@dataclass(frozen=True, slots=True)
class Post:
    """A role that somebody holds at a facility now."""

    id: UUID
    staff_id: UUID
    facility_id: UUID
    facility: BilingualText
    role: Role


def staff_cards(session: ActorSession, ids: Iterable[UUID | None]) -> dict[UUID, StaffCard]:
    """The members of staff with these ids; unknown ids are left out."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    return {
        row.id: _card(row) for row in session.scalars(select(StaffMember).where(StaffMember.id.in_(wanted)))
    }


def staff_rows(within: Any) -> Select[Any]:
    """Those of a select's ids: to be fetched in a combined query, and read by `staff_from`."""
    rows: Select[Any] = _STAFF.where(StaffMember.id.in_(within))
    return rows


def staff_from(rows: Iterable[Any]) -> dict[UUID, StaffCard]:
    return {row.id: _card(row) for row in rows}


def colleague_rows(session: ActorSession) -> Select[Any]:
    """Who else treats at the facility of who acts now, by name: to be fetched in a combined query, and read by `staff_from`."""
    held = select(StaffPost.staff_id).where(
        StaffPost.facility_id == session.actor.facility_id,
        StaffPost.staff_id != session.actor.staff_id,
        StaffPost.role.in_((Role.DOCTOR, Role.NURSE)),
        StaffPost.began_at <= func.now(),
        StaffPost.ends_at > func.now(),
    )
    return staff_rows(held).order_by(StaffMember.family_name, StaffMember.given_name, StaffMember.id)


def staff_by_identifier(session: ActorSession, national_identifier: str) -> StaffCard | None:
    """The member of staff with this national identifier (SNILS digits)."""
    row = session.scalar(
        select(StaffMember).where(
            StaffMember.national_identifier_digest.in_(keyed_digests(national_identifier))
        )
    )
    return _card(row) if row else None


def staff_who_signs_in(
    session: ActorSession, *, system: str, value: str, birth_date: date
) -> StaffCard | None:
    """The member of staff with this identifier of this system who was born then, where the register knows when."""
    born = StaffMember.birth_date_digest
    row = session.scalar(
        select(StaffMember).where(
            StaffMember.national_identifier_system == system,
            StaffMember.national_identifier_digest.in_(keyed_digests(value)),
            or_(born.is_(None), born.in_(birth_digests(value, birth_date))),
        )
    )
    return _card(row) if row else None


def is_own_identifier(session: ActorSession, *values: str, system: str) -> bool:
    """Whether the register knows who acts by one of these identifiers of this system."""
    own = select(StaffMember.id).where(
        StaffMember.id == session.actor.staff_id,
        StaffMember.national_identifier_system == system,
        StaffMember.national_identifier_digest.in_(
            digest for each in values for digest in keyed_digests(each)
        ),
    )
    return bool(values) and session.scalar(own) is not None


def is_own_record(session: ActorSession, *patient_ids: UUID) -> bool:
    """Whether the record of one of these, whom the actor may know, is their own: by their account, or by the number under which the
    staff register knows them.
    """
    # A definer function: whose account opens a record no registrar sees (docs/decisions/0002-doorkeeper.md).
    by_account = or_(*(func.identity.is_own_of_staff(each, type_=Boolean()) for each in patient_ids))
    numbers = select(PatientIdentifier.value_sealed).where(
        PatientIdentifier.patient_id.in_(patient_ids),
        PatientIdentifier.system == SNILS_SYSTEM,
        access.readable_by(session, Thing.DEMOGRAPHICS, PatientIdentifier.patient_id),
    )
    sealed = func.array(numbers.scalar_subquery(), type_=ARRAY(LargeBinary))
    found = session.execute(select(by_account.label("by_account"), sealed.label("sealed"))).one()
    # Also while the service's secret is being changed.
    known = [unseal(bytes(each), SEALED_AS) for each in found.sealed]
    return found.by_account or is_own_identifier(session, *known, system=SNILS_SYSTEM)


def require_record_of_another(session: ActorSession, *patient_ids: UUID) -> None:
    """Raises RuleBroken: one of these is the record of whoever acts."""
    if is_own_record(session, *patient_ids):
        raise RuleBroken("This is your own record: another registrar must do it.")


def birth_digests(identifier: str, birth_date: date) -> list[bytes]:
    """By which a birth date is compared: told apart by the identifier, so that equal days do not look alike."""
    return keyed_digests(f"{identifier} born {birth_date.isoformat()}")


def holds_post(session: ActorSession, *, at: datetime) -> bool:
    """Whether who acts holds at that moment the post in which they act."""
    actor = session.actor
    if actor.staff_id is None:
        return False
    held = posts_of(session, actor.staff_id, at=at)
    return any((each.facility_id, each.role) == (actor.facility_id, actor.role) for each in held)


def posts_of(session: ActorSession, staff_id: UUID, *, at: datetime) -> list[Post]:
    """The posts that the member of staff holds at that moment, by facility."""
    rows = session.execute(
        select(StaffPost, Facility)
        .join(Facility, Facility.id == StaffPost.facility_id)
        .where(StaffPost.staff_id == staff_id, StaffPost.began_at <= at, StaffPost.ends_at > at)
        .order_by(Facility.code, StaffPost.role)
    )
    return [
        Post(
            id=post.id,
            staff_id=post.staff_id,
            facility_id=facility.id,
            facility=BilingualText(facility.name_en, facility.name_ru),
            role=post.role,
        )
        for post, facility in rows
    ]


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A role that somebody holds, or held, at a facility. `ended_at` is None while nobody has ended it."""

    id: UUID
    staff_id: UUID
    facility_id: UUID
    role: Role
    began_at: datetime
    ended_at: datetime | None

    @property
    def span(self) -> Span:
        return Span(local(self.began_at), self.ended_at)


def posts_held(session: ActorSession, where: Collection[tuple[UUID, UUID]]) -> list[HeldPost]:
    """Every post, of today or before, of these members of staff at these facilities (pairs), in the order of their beginning."""
    return _held(session, tuple_(StaffPost.staff_id, StaffPost.facility_id).in_(where)) if where else []


def known_posts(session: ActorSession, staff_ids: Collection[UUID]) -> list[HeldPost]:
    """Every post of these members of staff, by its beginning."""
    return _held(session, StaffPost.staff_id.in_(staff_ids))


def _held(session: ActorSession, chosen: ColumnElement[bool]) -> list[HeldPost]:
    rows = session.execute(_HELD.where(chosen).order_by(StaffPost.began_at, StaffPost.id))
    return [HeldPost(*row) for row in rows]


_HELD: Any = select(
    StaffPost.id,
    StaffPost.staff_id,
    StaffPost.facility_id,
    StaffPost.role,
    StaffPost.began_at,
    case((StaffPost.ends_at == FOREVER, None), else_=StaffPost.ends_at),
)
_STAFF: Any = select(
    StaffMember.id,
    StaffMember.family_name,
    StaffMember.given_name,
    StaffMember.middle_name,
    StaffMember.position_en,
    StaffMember.position_ru,
)


def _card(row: Any) -> StaffCard:
    names = (row.family_name, row.given_name, row.middle_name)
    return StaffCard(
        row.id, full_name(*names), short_name(*names), BilingualText(row.position_en, row.position_ru)
    )
