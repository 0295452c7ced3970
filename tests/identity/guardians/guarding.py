"""A registrar, an adult whom the facility cares for, and one who is to be the guardian."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from foundation.clock import today
from identity.guardians.actions import enter_guardian
from identity.guardians.enumerations import GuardianBasis, GuardianDocument
from identity.guardians.rules import SeenPaper
from tests.people import MadePatient, MadeStaff, People


def paper(**changes: Any) -> SeenPaper:
    known = {
        "kind": GuardianDocument.AUTHORITY_ORDER,
        "number": "77-А/2026",
        "issuer": "Управление опеки",
        "issued_on": date(2026, 1, 15),
        "last_day": today() + timedelta(days=365),
        "basis": GuardianBasis.INCAPACITY,
    }
    return SeenPaper(**{**known, **changes})


@dataclass
class Guarding:
    """What the tests of guardians do."""

    people: People
    as_actor: Any
    registrar: MadeStaff = field(init=False)
    ward: MadePatient = field(init=False)
    guardian: MadePatient = field(init=False)

    def __post_init__(self) -> None:
        self.registrar = self.people.registrar()
        place = self.registrar.facility_id
        self.ward = self.people.patient(cared_for_at=place, family_name="Подопечнова")
        self.guardian = self.people.patient(cared_for_at=place, family_name="Опекунов")

    @property
    def page(self) -> str:
        return f"/registry/patients/{self.ward.id}/guardians"

    def enter(self, *, snils: str = "", patient_id: UUID | None = None, **changes: Any) -> UUID:
        with self.as_actor(self.registrar.actor) as session:
            return enter_guardian(
                session,
                patient_id or self.ward.id,
                snils=snils or self.guardian.snils,
                paper=paper(**changes),
            )
