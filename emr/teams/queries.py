"""Who is in a patient's treating team, as far as the reader is told, and who could be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Select, Uuid, column, func, select

from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Deed, Thing
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.patients.queries.patients import PatientCard, patient_from, patient_rows
from identity.staff.queries import StaffCard, colleague_rows, staff_from, staff_rows


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who treats the patient in person, and since when."""

    card: StaffCard
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Team:
    """Of the reader's facility. `changeable`: the reader may take others into it; nobody else is told of it.

    `endable`: the reader is in it, and may end places in it, their own among them. `colleagues` are those at the facility
    who could be taken into it, the reader never.
    """

    patient: PatientCard
    changeable: bool
    endable: bool
    members: Sequence[Member]
    colleagues: Sequence[StaffCard]


@dataclass(frozen=True, slots=True)
class OwnMember:
    """Somebody who treats the reader in person, where, and since when."""

    card: StaffCard
    facility: FacilityCard
    began_at: datetime


@dataclass(frozen=True, slots=True)
class OwnTeam:
    """Of all facilities, the oldest member first. `told`: whether the reader may know at all."""

    told: bool
    members: Sequence[OwnMember]


def own_team(session: ActorSession) -> OwnTeam:
    """The reader's own team. A parent to whom labels are closed is never told, whether there is one or not."""
    actor = session.actor
    if actor.hidden_labels or not access.may_do_to_own(session, Deed.READ, Thing.ACCESS_LOG):
        return OwnTeam(told=False, members=())
    answer = OWN_TEAM.fetch(session, patient_id=actor.patient_id)
    staff, facilities = staff_from(answer.staff), facilities_from(answer.facilities)
    return OwnTeam(
        told=True,
        members=[
            OwnMember(staff[each.staff_id], facilities[each.facility_id], each.began_at)
            for each in answer.members
        ],
    )


def team_to_change(session: ActorSession, patient_id: UUID) -> Team:
    """The team. Raises NotFound where the reader may not know the patient."""
    answer = TEAM.fetch(session, patient_id=patient_id)
    patient, staff = patient_from(answer.about), staff_from(answer.staff)
    members = [Member(staff[each.staff_id], each.began_at) for each in answer.members]
    inside = {each.card.id for each in members}
    return Team(
        patient,
        changeable=bool(answer.changeable[0].changeable),
        endable=session.actor.staff_id in inside,
        members=members,
        colleagues=[each for each in staff_from(answer.colleagues).values() if each.id not in inside],
    )


def _team(session: ActorSession, patient_id: Any) -> Selects:
    changeable: Any = select(func.identity.may_change_team(patient_id).label("changeable"))
    told = func.identity.team_of(patient_id).table_valued(*_columns())
    members: Select[Any] = select(told.c.staff_id, told.c.began_at)
    return {
        "about": patient_rows(session, patient_id),
        "changeable": changeable,
        "members": members.order_by(told.c.began_at),
        "staff": staff_rows(select(told.c.staff_id)),
        "colleagues": colleague_rows(session),
    }


def _own_team(patient_id: Any) -> Selects:
    told = func.identity.team_of(patient_id).table_valued(*_columns())
    members: Select[Any] = select(told.c.staff_id, told.c.facility_id, told.c.began_at)
    return {
        "members": members.order_by(told.c.began_at, told.c.staff_id),
        "staff": staff_rows(select(told.c.staff_id)),
        "facilities": facility_rows(select(told.c.facility_id)),
    }


def _columns() -> list[Any]:
    kinds: dict[str, Any] = {"staff_id": Uuid(), "facility_id": Uuid(), "began_at": DateTime(timezone=True)}
    return [column(name, kind) for name, kind in kinds.items()]


TEAM = CombinedQuery(lambda session, patient_id: _team(session, patient_id))
OWN_TEAM = CombinedQuery(lambda _session, patient_id: _own_team(patient_id))
