"""Entering what the programme brought; for loaders."""

from collections.abc import Mapping, Sequence
from typing import Any

from dispatch_backend.programme.queries import entered_equipment
from dispatch_backend.programme.rules import NUMBERS, wrong_with_equipment
from dispatch_backend.programme.tables import Equipment, ProgrammeExpense
from foundation.database.transactions import ActorSession
from foundation.registers import Entered, enter_rows, note_entered
from identity.facilities.queries import FacilityCard, facilities_by_code, no_facility


def enter_equipment(session: ActorSession, told: Sequence[Mapping[str, Any]]) -> Entered:
    """Enter what facilities were equipped with, each line known by the facility's code and the year.

    Args:
        told: columns of the register by their names; a facility has one line of a year.
    """
    known = facilities_by_code(session, {each["facility"] for each in told})
    entering = _Entering(session, known)
    for place, each in enumerate(told):
        facility = known.get(each["facility"])
        why = no_facility(each["facility"]) if facility is None else wrong_with_equipment(each)
        if facility is None or why:
            entering.entered.refused[place] = why
        else:
            entering.enter(facility, round(each["year"]), {name: round(each[name]) for name in NUMBERS})
    session.flush()
    note_entered(session, "equipment.told", "equipment", entering.otherwise)
    return entering.entered


class _Entering:
    """Lines of one table, beside those that stand."""

    def __init__(self, session: ActorSession, known: Mapping[str, FacilityCard]) -> None:
        self._session = session
        self._stand = entered_equipment(session, [each.id for each in known.values()])
        self.entered = Entered()
        self.otherwise: list[str] = []

    def enter(self, facility: FacilityCard, year: int, numbers: Mapping[str, int]) -> None:
        there = self._stand.get((facility.id, year))
        if there is None:
            self.entered.added += 1
            self._session.add(Equipment(facility_id=facility.id, year=year, **numbers))
        elif any(getattr(there, name) != number for name, number in numbers.items()):
            self.entered.changed += 1
            for name, number in numbers.items():
                setattr(there, name, number)
        else:
            self.entered.unchanged += 1
            return
        self.otherwise.append(f"{facility.code} {year}")


def enter_expenses(session: ActorSession, told: Sequence[Mapping[str, Any]]) -> Entered:
    """Enter what was spent in each year.

    Args:
        told: columns of the register by their names, each year once.
    """
    rows = [{**each, "year": round(each["year"]), "roubles": round(each["roubles"])} for each in told]
    return enter_rows(session, ProgrammeExpense, rows, key="year")
