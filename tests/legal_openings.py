"""What the region's law opens, for tests: rows that are taken away again, for they would open records to the tests that follow."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from foundation.identifiers import new_id
from identity.access.enumerations import Thing
from identity.roles import Role

BASIS_EN, BASIS_RU = "Act of the region 7-RZ, article 3", "Закон области № 7-РЗ, статья 3"
ENTERED = text(
    "INSERT INTO identity.legal_opening "
    "(id, role, thing, facility_id, basis_en, basis_ru, began_at, ends_at, staff_id) "
    "VALUES (:id, :role, :thing, :facility, :en, :ru, now() + :begins, "
    "coalesce(now() + CAST(:ends AS interval), 'infinity'), :staff)"
)
WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"


class Law:
    """Enters openings above all walls, and takes all that were entered away."""

    def __init__(
        self, as_administrator: Callable[[], AbstractContextManager[Connection]], officer_id: UUID
    ) -> None:
        self._as_administrator, self._officer_id = as_administrator, officer_id

    def opens(
        self,
        thing: Thing,
        role: Role,
        facility_id: UUID | None,
        *,
        begins: timedelta = timedelta(0),
        ends: timedelta | None = None,
    ) -> UUID:
        """From then on until then, both seen from now.

        Raises:
            IntegrityError: the table takes no such row.
        """
        opening_id = new_id()
        with self._as_administrator() as connection:
            connection.execute(
                ENTERED,
                {
                    **{"id": opening_id, "role": role.value, "thing": thing.value, "facility": facility_id},
                    **{"en": BASIS_EN, "ru": BASIS_RU, "begins": begins, "ends": ends},
                    "staff": self._officer_id,
                },
            )
        return opening_id

    def seen_from(self, opening_id: UUID, *, begins: timedelta, ends: timedelta) -> None:
        """How it stands at another moment: its beginning and end as far ahead as they are then."""
        with self._as_administrator() as connection:
            connection.execute(text(WITHOUT_TRIGGERS))
            connection.execute(
                text(
                    "UPDATE identity.legal_opening SET began_at = now() + :begins, ends_at = now() + :ends "
                    "WHERE id = :id"
                ),
                {"id": opening_id, "begins": begins, "ends": ends},
            )

    def span(self, opening_id: UUID) -> tuple[datetime, datetime]:
        """From when until when it was entered to open."""
        with self._as_administrator() as connection:
            asked = text("SELECT began_at, ends_at FROM identity.legal_opening WHERE id = :id")
            began_at, ends_at = connection.execute(asked, {"id": opening_id}).one()
        return began_at, ends_at

    def forget(self) -> None:
        with self._as_administrator() as connection:
            connection.execute(text(WITHOUT_TRIGGERS))
            for table in ("legal_opening_end", "legal_opening"):
                connection.execute(text(f"DELETE FROM identity.{table}"))


def law_for(
    as_administrator: Callable[[], AbstractContextManager[Connection]], officer_id: UUID
) -> Iterator[Law]:
    law = Law(as_administrator, officer_id)
    yield law
    law.forget()
