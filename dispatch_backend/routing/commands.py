"""Commands of what routing goes by: load-routing-weights, load-travel-times."""

from dispatch_backend.routing.actions import enter_travel_times, enter_weights
from foundation.commands.csv_table import Column
from foundation.commands.csv_values import code, day, number_between, text_up_to
from foundation.commands.register_loading import Register, loading_command

HEAVIEST = 1_000
# Two weeks: whoever is farther away does not come by road.
LONGEST_WAY_MINUTES = 14 * 24 * 60

load_routing_weights = loading_command(
    "load-routing-weights",
    "Tell from a CSV file what each part of the cost weighs by which free slots are ranked, from a day on.",
    Register(
        columns=(
            Column("valid_from", day),
            Column("breach", number_between(0, HEAVIEST)),
            Column("waiting", number_between(0, HEAVIEST)),
            Column("travel_hour", number_between(0, HEAVIEST)),
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
