"""What the programme brought, added up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

# What each year adds, and how far each facility has come by its end.
BOUGHT = ("workplaces", "multifunction_devices")
REACHED = ("workplaces_to_automate", "workplaces_on_network")
NUMBERS = (*BOUGHT, *REACHED)


@dataclass(frozen=True, slots=True)
class Brought:
    """Equipment of a facility in a year, or of several together; as `tables.Equipment` says it."""

    workplaces: int = 0
    multifunction_devices: int = 0
    workplaces_to_automate: int = 0
    workplaces_on_network: int = 0

    def __add__(self, other: "Brought") -> "Brought":
        return Brought(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )

    @property
    def share_on_network(self) -> float | None:
        """Of the workplaces that are needed, from 0 to 1; None where none is."""
        needed = self.workplaces_to_automate
        return self.workplaces_on_network / needed if needed else None


def total(brought: Iterable[Brought]) -> Brought:
    return sum(brought, Brought())


def wrong_with_equipment(told: Mapping[str, Any]) -> str:
    """Why a line of a table is refused, by its columns; "" where it is right."""
    on_network, needed = told["workplaces_on_network"], told["workplaces_to_automate"]
    if on_network > needed:
        return f"workplaces_on_network: {on_network:g} are more than the {needed:g} to automate"
    return ""
