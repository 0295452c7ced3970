"""A privacy officer's register, a doctor at a centre, and somebody in nobody's care there."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from foundation.clock import today
from identity.legal_openings.forms import EVERYWHERE
from identity.roles import Role
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import signed_note
from tests.identity.journeys import ENGLISH
from tests.legal_openings import BASIS_EN, BASIS_RU
from tests.pages import filled

PAGE = "/privacy/legal-openings"


def in_days(days: int) -> str:
    """As a date field sends it."""
    return (today() + timedelta(days=days)).isoformat()


class Register:
    """The officer's browser and the forms of the register."""

    def __init__(self, officer, browser) -> None:
        self.officer, self.browser = officer, browser

    def enter(self, **typed: str):
        """Entries to doctors everywhere from today on, where nothing else is said."""
        usual = {
            **{
                "role": "doctor",
                "thing": "entries",
                "facility": EVERYWHERE,
                "first_day": in_days(0),
                "last_day": "",
            },
            **{"basis_ru": BASIS_RU, "basis_en": BASIS_EN},
        }
        form = filled(self.browser.get(PAGE), **{**usual, **typed})
        return self.browser.post(PAGE, data=form, headers=ENGLISH)

    def end(self, opening_id: UUID, **typed: str):
        address = f"{PAGE}/{opening_id}"
        form = filled(self.browser.get(address), **{"last_day": "", "reason": "Закон отменён", **typed})
        return self.browser.post(address, data=form, headers=ENGLISH)


@pytest.fixture
def register(people, client_for, law) -> Register:
    officer = people.staff(Role.PRIVACY_OFFICER)
    return Register(officer, client_for(officer.actor))


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture
def reader(people):
    """A doctor of a centre where nobody knows the patient."""
    return people.doctor(family_name="Читалин")


@pytest.fixture
def record(desk, as_actor):
    """Somebody's, and an entry of it."""
    patient = desk.patient(family_name="Дальнова")
    return patient, signed_note(as_actor, desk.doctor, patient.id, complaints="Боль в спине")


@pytest.fixture
def kept(as_administrator):
    """The rows of the register by when they were entered: identifier, role, part, facility, whether in force now."""

    def told():
        with as_administrator() as connection:
            rows = connection.execute(
                text(
                    "SELECT id, role, thing, facility_id, began_at <= now() AND ends_at > now() "
                    "FROM identity.legal_opening ORDER BY entered_at, id"
                )
            )
            return [tuple(row) for row in rows]

    return told
