"""An administrator at the Center, and somebody whose posts they keep."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from foundation.clock import today
from identity.roles import Role
from tests.identity.journeys import ENGLISH
from tests.pages import filled


def in_days(days: int) -> str:
    """As a date field sends it."""
    return (today() + timedelta(days=days)).isoformat()


class Desk:
    """The administrator's browser, and what it does on the pages of others."""

    def __init__(self, people, client_for, as_administrator) -> None:
        self.people, self.as_administrator = people, as_administrator
        self.administrator = people.staff(Role.ADMINISTRATOR)
        self.browser = client_for(self.administrator.actor)
        self.doctor = people.doctor()

    def give(self, staff_id: UUID, **typed: str):
        """Fill in the form on somebody's page; from today on, for good, where nothing else is said."""
        address = f"/administration/staff/{staff_id}"
        usual = {
            "facility": str(self.people.facility()),
            "role": Role.NURSE.value,
            "first_day": in_days(0),
            "last_day": "",
            "reason": "Приказ № 12",
        }
        form = filled(self.browser.get(address, headers=ENGLISH), **{**usual, **typed})
        return self.browser.post(f"{address}/posts", data=form, headers=ENGLISH)

    def end(self, post_id: UUID, **typed: str):
        address = f"/administration/posts/{post_id}"
        form = filled(self.browser.get(address), **{"last_day": "", "reason": "Уволена", **typed})
        return self.browser.post(address, data=form, headers=ENGLISH)

    def posts(self, staff_id: UUID) -> list[tuple]:
        """Their posts by their beginning: identifier, facility, role, whether it is held now, and whether it ends."""
        with self.as_administrator() as connection:
            rows = connection.execute(
                text(
                    "SELECT id, facility_id, role, began_at <= now() AND ends_at > now(), ends_at < 'infinity' "
                    "FROM identity.staff_post WHERE staff_id = :id ORDER BY began_at, id"
                ),
                {"id": staff_id},
            )
            return [tuple(row) for row in rows]

    def changes(self, post_id: UUID) -> list[tuple]:
        with self.as_administrator() as connection:
            rows = connection.execute(
                text(
                    "SELECT number, reason, staff_id FROM identity.staff_post_change WHERE post_id = :id ORDER BY number"
                ),
                {"id": post_id},
            )
            return [tuple(row) for row in rows]


@pytest.fixture
def desk(people, client_for, as_administrator) -> Desk:
    return Desk(people, client_for, as_administrator)


@pytest.fixture
def typed_member() -> dict[str, str]:
    return {
        "birth_date": date(1980, 5, 6).isoformat(),
        "family_name": "Ёлкина",
        "given_name": "Вера",
        "middle_name": "Ильинична",
        "position_ru": "Врач-кардиолог",
        "position_en": "Cardiologist",
    }
