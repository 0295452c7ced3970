"""New people for a test: each call makes somebody nobody else knows."""

import itertools
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from foundation.actor import Actor, ActorKind
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.language.dates import Precision
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.facilities.enumerations import CENTER_CODE, FacilityKind
from identity.facilities.queries import facility_by_code
from identity.facilities.tables import Facility
from identity.patients.actions import Identifier, NewPatient, register_patient
from identity.people.enumerations import AdministrativeGender, Birth, PersonName
from identity.people.rules.snils import SNILS_SYSTEM, checksum
from identity.roles import Role
from identity.staff.actions import known_by_columns
from identity.staff.tables import StaffMember, StaffPost

# Staff by their account who have no session yet: whoever writes is signed in at their post, or the database takes nothing.
NOT_SIGNED_IN: dict[UUID | None, Actor] = {}

_numbers = itertools.count(random.randrange(10**6, 9 * 10**8))


def new_snils() -> str:
    """Eleven digits with the right checksum, never given before in this run."""
    nine = f"{next(_numbers) % 10**9:09}"
    return f"{nine}{checksum(nine):02}"


@dataclass(frozen=True)
class MadePatient:
    id: UUID
    snils: str
    birth_date: date
    actor: Actor


@dataclass(frozen=True)
class MadeStaff:
    id: UUID
    snils: str
    facility_id: UUID
    actor: Actor


def give_post(session: ActorSession, staff_id: UUID, facility_id: UUID, role: Role) -> StaffPost:
    """A role at a facility for a member of staff, from now on."""
    post = StaffPost(staff_id=staff_id, facility_id=facility_id, role=role)
    session.add(post)
    session.flush()
    return post


class People:
    """Makes patients through the real actions, and staff and facilities as their registers hold them."""

    def __init__(self, as_loader: Callable[[], AbstractContextManager[ActorSession]]) -> None:
        self._as_loader = as_loader

    def facility(self, code: str = "", kind: FacilityKind = FacilityKind.POLYCLINIC) -> UUID:
        with self._as_loader() as session:
            known = facility_by_code(session, code) if code else None
            if known:
                return known.id
            made = Facility(
                code=code or f"T-{next(_numbers)}",
                kind=kind,
                name_en="Polyclinic of the test",
                name_ru="Поликлиника теста",
                settlement_en="Nezhinka",
                settlement_ru="Нежинка",
                address_en="5 School Street",
                address_ru="ул. Школьная, д. 5",
                telephone="+7 000 000-00-05",
                latitude=51.77,
                longitude=55.37,
            )
            session.add(made)
            session.flush()
            return made.id

    def center(self) -> UUID:
        return self.facility(CENTER_CODE, FacilityKind.DISPATCHING_CENTER)

    def patient(
        self,
        *,
        cared_for_at: UUID | None = None,
        basis: CareBasis = CareBasis.ATTACHMENT,
        family_name: str = "Тестова",
        given_name: str = "Анна",
        birth_date: date = date(1960, 5, 3),
        birth_precision: Precision = Precision.DAY,
        sex: AdministrativeGender = AdministrativeGender.FEMALE,
        provisional: bool = False,
    ) -> MadePatient:
        """A patient, in the care of a facility if one is named."""
        snils = new_snils()
        with self._as_loader() as session:
            new = NewPatient(
                PersonName(family_name, given_name, "Петровна"),
                Birth(birth_date, birth_precision),
                sex,
                [Identifier(SNILS_SYSTEM, snils)],
                provisional=provisional,
            )
            made = register_patient(session, new)
            if cared_for_at:
                begin_care(session, patient_id=made.id, facility_id=cared_for_at, basis=basis)
        actor = Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=made.id, role=Role.PATIENT.value)
        return MadePatient(made.id, snils, birth_date, actor)

    def doctor(self, *, facility_id: UUID | None = None, family_name: str = "Докторов") -> MadeStaff:
        return self._staff(Role.DOCTOR, facility_id or self.facility(), family_name)

    def dispatcher(self, *, facility_id: UUID | None = None) -> MadeStaff:
        """Of the Dispatching Center, unless another facility is named."""
        return self._staff(Role.DISPATCHER, facility_id or self.center(), "Диспетчерова")

    def staff(self, role: Role, *, facility_id: UUID | None = None) -> MadeStaff:
        """Somebody with this role."""
        return self._staff(role, facility_id or self.facility(), "Сотрудникова")

    def registrar(self, *, facility_id: UUID | None = None) -> MadeStaff:
        return self.staff(Role.REGISTRAR, facility_id=facility_id)

    def _staff(self, role: Role, facility_id: UUID, family_name: str) -> MadeStaff:
        snils = new_snils()
        with self._as_loader() as session:
            member = StaffMember(
                family_name=family_name,
                given_name="Иван",
                middle_name="Ильич",
                position_en="General practitioner",
                position_ru="Врач общей практики",
                **known_by_columns(snils, None),
            )
            session.add(member)
            session.flush()
            give_post(session, member.id, facility_id, role)
        actor = Actor(
            ActorKind.STAFF,
            account_id=new_id(),
            staff_id=member.id,
            facility_id=facility_id,
            role=role.value,
        )
        NOT_SIGNED_IN[actor.account_id] = actor
        return MadeStaff(member.id, snils, facility_id, actor)
