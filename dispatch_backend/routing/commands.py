"""Commands of what routing goes by: load-routing-weights, load-travel-times, load-route-orders, load-capabilities."""

from enum import StrEnum

from dispatch_backend.routing.actions.orders import enter_route_orders
from dispatch_backend.routing.actions.registers import (
    OLDEST,
    enter_capabilities,
    enter_travel_times,
    enter_weights,
)
from foundation.commands.csv_table import Column
from foundation.commands.csv_values import WrongValue, code, day, number_between, one_of, text_up_to
from foundation.commands.register_loading import Register, loading_command

HEAVIEST = 1_000
MOST_TARGETS = 50
LONGEST_NUMBER = 60
# Two weeks: whoever is farther away does not come by road.
LONGEST_WAY_MINUTES = 14 * 24 * 60


class Sex(StrEnum):
    """For whom alone a licence is."""

    MALE = "male"
    FEMALE = "female"


def codes(cell: str) -> list[str]:
    """Codes of facilities, parted by blanks."""
    if len(told := cell.split()) > MOST_TARGETS:
        raise WrongValue(f"names more than {MOST_TARGETS} places")
    return [code(each) for each in told]


load_routing_weights = loading_command(
    "load-routing-weights",
    "Tell from a CSV file what each part of the cost weighs by which free slots are ranked, from a day on.",
    Register(
        columns=(
            Column("valid_from", day),
            Column("breach", number_between(0, HEAVIEST)),
            Column("waiting", number_between(0, HEAVIEST)),
            Column("travel_hour", number_between(0, HEAVIEST)),
            Column("outside_order", number_between(0, HEAVIEST)),
            Column("basis_en", text_up_to()),
            Column("basis_ru", text_up_to()),
        ),
        key=("valid_from",),
        enter=enter_weights,
    ),
)

load_travel_times = loading_command(
    "load-travel-times",
    "Tell from a CSV file how many minutes the ways between facilities take.",
    Register(
        columns=(
            Column("from", code),
            Column("to", code),
            Column("minutes", number_between(0, LONGEST_WAY_MINUTES)),
        ),
        key=("from", "to"),
        enter=enter_travel_times,
    ),
)

load_route_orders = loading_command(
    "load-route-orders",
    "Tell from a CSV file where the ministry's orders have patients of a facility go for a service.",
    Register(
        columns=(
            Column("from", code),
            Column("service", code),
            Column("targets", codes),
            Column("valid_from", day),
            Column("valid_to", day, needed=False),
            Column("order_number", text_up_to(LONGEST_NUMBER)),
            Column("ordered_on", day),
            Column("basis_en", text_up_to()),
            Column("basis_ru", text_up_to()),
        ),
        key=("from", "service", "valid_from"),
        enter=enter_route_orders,
    ),
)

load_capabilities = loading_command(
    "load-capabilities",
    "Tell from a CSV file whom facilities may serve: of which age and sex, and while which licence lasts.",
    Register(
        columns=(
            Column("facility", code),
            Column("service", code),
            Column("valid_from", day),
            Column("valid_to", day, needed=False),
            Column("age_from", number_between(0, OLDEST), needed=False),
            Column("age_to", number_between(0, OLDEST), needed=False),
            Column("sex", one_of(Sex), needed=False),
        ),
        key=("facility", "service", "valid_from"),
        enter=enter_capabilities,
    ),
)
