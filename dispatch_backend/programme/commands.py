"""Commands of the programme's registers: load-equipment, load-expenses."""

from dispatch_backend.programme.actions import enter_equipment, enter_expenses
from dispatch_backend.programme.rules import NUMBERS
from foundation.commands.csv_table import Column
from foundation.commands.csv_values import code, number_between, text_up_to
from foundation.commands.register_loading import Register, loading_command

YEAR = number_between(1990, 2100)
MOST_OF_A_FACILITY = 100_000
MOST_ROUBLES = 10**15

load_equipment = loading_command(
    "load-equipment",
    "Tell from a CSV file what each facility was equipped with in a year.",
    Register(
        columns=(
            Column("facility", code),
            Column("year", YEAR),
            *(Column(name, number_between(0, MOST_OF_A_FACILITY)) for name in NUMBERS),
        ),
        key=("facility", "year"),
        enter=enter_equipment,
    ),
)

load_expenses = loading_command(
    "load-expenses",
    "Tell from a CSV file what the programme cost in a year.",
    Register(
        columns=(
            Column("year", YEAR),
            Column("roubles", number_between(0, MOST_ROUBLES)),
            Column("basis_en", text_up_to()),
            Column("basis_ru", text_up_to()),
        ),
        key=("year",),
        enter=enter_expenses,
    ),
)
