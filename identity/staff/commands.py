"""Commands of the register of staff: load-staff and load-posts."""

from collections.abc import Sequence
from typing import Any

from foundation.commands.csv_table import Column
from foundation.commands.csv_values import WrongValue, code, day, one_of, text_up_to
from foundation.commands.register_loading import Register, loading_command
from foundation.database.transactions import ActorSession
from foundation.registers import Entered
from identity.people.rules.snils import NO_SNILS, normal_snils
from identity.roles import Role
from identity.staff.actions import ToldPost, enter_posts, enter_staff

LONGEST_NAME = 100


def snils(cell: str) -> str:
    """The eleven digits of a SNILS in any of its writings."""
    digits = normal_snils(cell)
    if digits is None:
        raise WrongValue(NO_SNILS)
    return digits


def _enter_posts(session: ActorSession, told: Sequence[dict[str, Any]]) -> Entered:
    return enter_posts(
        session,
        [
            ToldPost(
                national_identifier=each["snils"],
                facility_code=each["facility"],
                role=each["role"],
                first_day=each["from"],
                last_day=each.get("until"),
            )
            for each in told
        ],
    )


load_staff = loading_command(
    "load-staff",
    "Enter doctors and dispatchers from a CSV file, or what is told of them otherwise by now.",
    Register(
        columns=(
            Column("snils", snils, private=True),
            Column("family_name", text_up_to(LONGEST_NAME)),
            Column("given_name", text_up_to(LONGEST_NAME)),
            Column("middle_name", text_up_to(LONGEST_NAME), needed=False),
            Column("position_en", text_up_to()),
            Column("position_ru", text_up_to()),
            Column("birth_date", day, needed=False, private=True),
        ),
        key=("snils",),
        enter=enter_staff,
        otherwise={"middle_name": ""},
    ),
)

load_posts = loading_command(
    "load-posts",
    "Give members of staff their roles at facilities from a CSV file, or let posts end.",
    Register(
        columns=(
            Column("snils", snils, private=True),
            Column("facility", code),
            Column("role", one_of(Role, but=Role.PATIENT)),
            Column("from", day),
            Column("until", day, needed=False),
        ),
        key=("snils", "facility", "role", "from"),
        enter=_enter_posts,
    ),
)
