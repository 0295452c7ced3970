"""Commands of the register of devices: load-devices."""

from collections.abc import Callable
from typing import TypeVar

from archive_gateway.devices.actions import enter_devices
from archive_gateway.devices.rules import (
    LONGEST_AE_TITLE,
    character_set_named,
    is_ae_title,
    storage_classes_in,
)
from foundation.commands.csv_table import Column
from foundation.commands.csv_values import WrongValue, code
from foundation.commands.register_loading import Register, loading_command

Value = TypeVar("Value")


def _right(read: Callable[[str], Value | None], otherwise: str) -> Callable[[str], Value]:
    """The value of a cell as a rule reads it, and what is said where the rule knows none."""

    def value_of(cell: str) -> Value:
        value = read(cell)
        if value is None:
            raise WrongValue(otherwise)
        return value

    return value_of


_ae_title = _right(
    lambda cell: cell if is_ae_title(cell) else None,
    f"is no AE title: at most {LONGEST_AE_TITLE} Latin letters, digits and signs, no backslash",
)

load_devices = loading_command(
    "load-devices",
    "Enter the devices that send pictures from a CSV file, or what is told of them otherwise by now.",
    Register(
        columns=(
            Column("ae_title", _ae_title),
            Column("facility", code),
            Column("called_ae_title", _ae_title, needed=False),
            Column(
                "storage_classes",
                _right(storage_classes_in, "is no list of UIDs that are parted by blanks"),
                needed=False,
            ),
            Column(
                "default_character_set",
                _right(character_set_named, "is no character set such as ISO_IR 144 or windows-1251"),
                needed=False,
            ),
        ),
        key=("ae_title",),
        enter=enter_devices,
        otherwise={"called_ae_title": "", "storage_classes": [], "default_character_set": ""},
    ),
)
