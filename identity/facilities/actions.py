"""Entering facilities into the register: done by loaders, never by a login."""

from dataclasses import dataclass

from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.facilities.enumerations import FacilityKind
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
