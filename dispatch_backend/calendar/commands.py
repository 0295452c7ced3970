"""Commands of the production calendar: load-calendar."""

from dispatch_backend.calendar.actions import enter_days
from foundation.commands.csv_table import Column
from foundation.commands.csv_values import code, day, text_up_to, yes_or_no
from foundation.commands.register_loading import Register, loading_command

load_calendar = loading_command(
    "load-calendar",
    "Tell from a CSV file which days are worked, such as those that the Government moves.",
    Register(
        columns=(
            Column("day", day),
            Column("working", yes_or_no),
            Column("territory", code),
            Column("basis_en", text_up_to()),
            Column("basis_ru", text_up_to()),
        ),
        key=("day",),
        enter=enter_days,
    ),
)
