"""Entering staff and their posts into the register: done by loaders, never by a login."""

from dataclasses import dataclass
from uuid import UUID

from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.sealing import keyed_digest
from identity.people.enumerations import PersonName
from identity.roles import Role
from identity.staff.tables import StaffMember, StaffPost


@dataclass(frozen=True, slots=True)
class NewStaffMember:
    """`national_identifier`: SNILS digits; without them the member of staff cannot sign in."""

    name: PersonName
    position: BilingualText
    national_identifier: str = ""


def register_staff(session: ActorSession, new: NewStaffMember) -> StaffMember:
    """Enter a member of staff."""
    known_by = new.national_identifier
    member = StaffMember(
        family_name=new.name.family,
        given_name=new.name.given,
        middle_name=new.name.middle,
        position_en=new.position.en,
        position_ru=new.position.ru,
        national_identifier_digest=keyed_digest(known_by) if known_by else None,
    )
    session.add(member)
    session.flush()
    return member


def register_post(session: ActorSession, *, staff_id: UUID, facility_id: UUID, role: Role) -> StaffPost:
    """Give a member of staff a role at a facility, from now on."""
    post = StaffPost(staff_id=staff_id, facility_id=facility_id, role=role)
    session.add(post)
    session.flush()
    return post
