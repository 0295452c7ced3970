"""Entering facilities into the register: done by loaders, never by a login."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.registers import Entered, enter_rows
from identity.facilities.enumerations import FacilityKind
from identity.facilities.rules import wrong_with_facility
from identity.facilities.tables import Facility

NOT_KNOWN = BilingualText("", "")


@dataclass(frozen=True, slots=True)
class NewFacility:
    """`address` is the street with its number. `connected` tells whether it takes part in the system already; coordinates in degrees."""

    code: str
    kind: FacilityKind
    name: BilingualText
    settlement: BilingualText
    latitude: float | None = None
    longitude: float | None = None
    address: BilingualText = NOT_KNOWN
    telephone: str = ""
    connected: bool = True


def register_facility(session: ActorSession, new: NewFacility) -> Facility:
    """Enter a facility."""
    facility = Facility(
        code=new.code,
        kind=new.kind,
        name_en=new.name.en,
        name_ru=new.name.ru,
        settlement_en=new.settlement.en,
        settlement_ru=new.settlement.ru,
        address_en=new.address.en,
        address_ru=new.address.ru,
        telephone=new.telephone,
        latitude=new.latitude,
        longitude=new.longitude,
        connected=new.connected,
    )
    session.add(facility)
    session.flush()
    return facility


def enter_facilities(session: ActorSession, rows: Sequence[Mapping[str, Any]]) -> Entered:
    """Enter facilities, known by their code, or let those that are there say what these rows say.

    Args:
        rows: columns of the register by their names.
    """
    return enter_rows(session, Facility, rows, key="code", wrong_with=wrong_with_facility)
