"""The region's 140 facilities, of which 42 are connected, and the Dispatching Center, which is none of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from demo.chance import numbered_id, stream
from demo.settlements import SETTLEMENTS, Rank, Settlement
from foundation.language.bilingual import BilingualText
from identity.facilities.enumerations import CENTER_CODE, FacilityKind

IN_THE_REGION = 140

POLYCLINICS_OF_THE_CAPITAL = 18
CITY_HOSPITALS_OF_THE_CAPITAL = 5
# Hospitals, polyclinics, and whether there is a diagnostic centre; other cities have one hospital and one polyclinic.
_LARGER_CITIES = {"Orsk": (3, 7, True), "Novotroitsk": (1, 3, False), "Buzuluk": (1, 3, True)}
_MIDDLE_CITIES = {"Buguruslan": (1, 2, False)}

# The facilities that take part, by settlement and place in its list below.
_TAKING_PART = {
    "Orenburg Regional Hospital",
    "Orenburg Regional Children’s Hospital",
    "Orenburg Oncology Centre",
    "Orenburg Diagnostic Centre",
    "Orenburg City Hospital No. 1",
    "Orenburg City Hospital No. 4",
    *(f"Orenburg Polyclinic No. {number}" for number in range(1, 6)),
    "Orsk City Hospital No. 1",
    "Orsk City Hospital No. 2",
    "Orsk Polyclinic No. 1",
    "Orsk Polyclinic No. 2",
    "Orsk Diagnostic Centre",
    "Novotroitsk City Hospital",
    "Novotroitsk Polyclinic No. 1",
    "Buzuluk City Hospital",
    "Buzuluk Polyclinic No. 1",
    "Buguruslan City Hospital",
    "Buguruslan Polyclinic No. 1",
    *(f"{city} City Hospital" for city in ("Gay", "Sorochinsk", "Mednogorsk", "Kuvandyk", "Sol-Iletsk")),
    *(
        f"{place} District Hospital"
        for place in ("Saraktash", "Novosergiyevka", "Totskoye", "Ilek", "Sakmara", "Tyulgan", "Sharlyk")
    ),
    *(f"{place} District Hospital" for place in ("Novoorsk", "Akbulak", "Adamovka")),
    *(f"{place} Village Clinic" for place in ("Nezhinka", "Krasnokholm", "Podgorodnyaya Pokrovka")),
    *(f"{place} Village Clinic" for place in ("Energetik", "Cherkassy")),
}


@dataclass(frozen=True, slots=True)
class DemoFacility:
    id: UUID
    code: str
    kind: FacilityKind
    name: BilingualText
    settlement: Settlement
    address: BilingualText
    telephone: str
    latitude: float
    longitude: float
    connected: bool


def make_facilities(number: int = IN_THE_REGION) -> tuple[DemoFacility, ...]:
    """The Dispatching Center first, then the region's facilities by code.

    Args:
        number: of medical facilities; beyond the region's own 140 they are further village clinics, all connected.
    """
    chance = stream("facilities")
    made = [_center()]
    named = [*_named(), *_further(number - IN_THE_REGION)]
    for index, (kind, name, settlement) in enumerate(named, start=1):
        made.append(
            DemoFacility(
                id=numbered_id("facility", index),
                code=f"MF-{index:03}",
                kind=kind,
                name=name,
                settlement=settlement,
                address=_address(index),
                telephone=_telephone(index),
                # A kilometre or so apart, so that several facilities of one town are several points on the map.
                latitude=round(settlement.latitude + chance.uniform(-0.012, 0.012), 5),
                longitude=round(settlement.longitude + chance.uniform(-0.018, 0.018), 5),
                connected=name.en in _TAKING_PART or index > IN_THE_REGION,
            )
        )
    return tuple(made)


def _center() -> DemoFacility:
    capital = SETTLEMENTS["Orenburg"]
    return DemoFacility(
        id=numbered_id("facility", 0),
        code=CENTER_CODE,
        kind=FacilityKind.DISPATCHING_CENTER,
        name=BilingualText("Dispatching Center of the Region", "Диспетчерский центр области"),
        settlement=capital,
        address=_address(0),
        telephone=_telephone(0),
        latitude=capital.latitude,
        longitude=capital.longitude,
        connected=True,
    )


_STREETS = (
    BilingualText("Sadovaya Street", "ул. Садовая"),
    BilingualText("Shkolnaya Street", "ул. Школьная"),
    BilingualText("Lesnaya Street", "ул. Лесная"),
    BilingualText("Stepnaya Street", "ул. Степная"),
    BilingualText("Zelyonaya Street", "ул. Зелёная"),
    BilingualText("Rechnaya Street", "ул. Речная"),
)


def _address(number: int) -> BilingualText:
    """Streets that stand in every town; which house is invented."""
    street, house = _STREETS[number % len(_STREETS)], number * 7 % 90 + 1
    return BilingualText(f"{house} {street.en}", f"{street.ru}, д. {house}")


def _telephone(number: int) -> str:
    """A number that is nobody's: the area code 000 is given to no place."""
    return f"+7 000 000-{number // 100 % 100:02}-{number % 100:02}"


_Named = tuple[FacilityKind, BilingualText, Settlement]


def _named() -> Iterator[_Named]:
    for settlement in SETTLEMENTS.values():
        match settlement.rank:
            case Rank.CAPITAL:
                yield from _capital(settlement)
            case Rank.CITY:
                known = {**_LARGER_CITIES, **_MIDDLE_CITIES}
                yield from _city(settlement, *known.get(settlement.name.en, (1, 1, False)))
            case Rank.DISTRICT_CENTER:
                yield _of(
                    settlement, FacilityKind.DISTRICT_HOSPITAL, "District Hospital", "районная больница"
                )
                yield _of(settlement, FacilityKind.POLYCLINIC, "District Polyclinic", "районная поликлиника")
            case Rank.VILLAGE:
                yield _of(settlement, FacilityKind.VILLAGE_CLINIC, "Village Clinic", "врачебная амбулатория")


def _capital(settlement: Settlement) -> Iterator[_Named]:
    regional = FacilityKind.REGIONAL_HOSPITAL
    yield _of(settlement, regional, "Regional Hospital", "областная больница")
    yield _of(settlement, regional, "Regional Hospital No. 2", "областная больница № 2")
    yield _of(settlement, regional, "Regional Children’s Hospital", "областная детская больница")
    yield regional, BilingualText("Orenburg Oncology Centre", "Оренбургский онкологический центр"), settlement
    yield _diagnostic(settlement)
    yield from _several(settlement, CITY_HOSPITALS_OF_THE_CAPITAL, POLYCLINICS_OF_THE_CAPITAL)
    yield (
        FacilityKind.POLYCLINIC,
        BilingualText("Orenburg Children’s Polyclinic", "Оренбургская детская поликлиника"),
        settlement,
    )


def _city(settlement: Settlement, hospitals: int, polyclinics: int, diagnostic: bool) -> Iterator[_Named]:
    yield from _several(settlement, hospitals, polyclinics)
    if diagnostic:
        yield _diagnostic(settlement)


def _several(settlement: Settlement, hospitals: int, polyclinics: int) -> Iterator[_Named]:
    for number in _numbers(hospitals):
        en, ru = f"City Hospital{number.en}", f"городская больница{number.ru}"
        yield _of(settlement, FacilityKind.CITY_HOSPITAL, en, ru)
    for number in _numbers(polyclinics):
        yield _of(
            settlement, FacilityKind.POLYCLINIC, f"Polyclinic{number.en}", f"городская поликлиника{number.ru}"
        )


def _numbers(how_many: int) -> list[BilingualText]:
    """The ending of each name; a single one bears no number."""
    if how_many == 1:
        return [BilingualText("", "")]
    return [BilingualText(f" No. {number}", f" № {number}") for number in range(1, how_many + 1)]


def _diagnostic(settlement: Settlement) -> _Named:
    adjective = settlement.adjective.removesuffix("ая") + "ий"
    name = BilingualText(f"{settlement.name.en} Diagnostic Centre", f"{adjective} диагностический центр")
    return FacilityKind.DIAGNOSTIC_CENTER, name, settlement


def _of(settlement: Settlement, kind: FacilityKind, name_en: str, name_ru: str) -> _Named:
    return (
        kind,
        BilingualText(f"{settlement.name.en} {name_en}", f"{settlement.adjective} {name_ru}"),
        settlement,
    )


def _further(how_many: int) -> Iterator[_Named]:
    villages = [each for each in SETTLEMENTS.values() if each.rank is Rank.VILLAGE]
    for number in count(2):
        for settlement in villages:
            if how_many <= 0:
                return
            how_many -= 1
            name_en, name_ru = f"Village Clinic No. {number}", f"врачебная амбулатория № {number}"
            yield _of(settlement, FacilityKind.VILLAGE_CLINIC, name_en, name_ru)
