"""What the programme of informatisation brought to the region: the numbers of its card, shared out among the facilities."""

from collections.abc import Iterator

from demo.facilities import DemoFacility
from demo.region import Region
from identity.facilities.enumerations import FacilityKind

# Workplaces and multifunction devices by year, as the card says; every workplace to automate was on the network by then.
BROUGHT = {2011: (1_484, 738), 2012: (1_101, 553)}
EXPENSES = (
    {"year": 2011, "roubles": 80_000_000},
    {"year": 2012, "roubles": 260_000_000},
)
BASIS = {
    "basis_en": "Sub-programme of modern information systems in health care, 2011–2012",
    "basis_ru": "Подпрограмма внедрения современных информационных систем в здравоохранение, 2011–2012 годы",
}
# How many times what a village clinic gets.
_SHARES = {
    FacilityKind.REGIONAL_HOSPITAL: 12,
    FacilityKind.CITY_HOSPITAL: 8,
    FacilityKind.DISTRICT_HOSPITAL: 6,
    FacilityKind.POLYCLINIC: 5,
    FacilityKind.DIAGNOSTIC_CENTER: 4,
}


def told_equipment(region: Region) -> Iterator[dict[str, object]]:
    """Each facility's line of each year, as `load-equipment` reads it."""
    places = [each for each in region.facilities if each.kind != FacilityKind.DISPATCHING_CENTER]
    needed = dict.fromkeys((each.code for each in places), 0)
    for year, (workplaces, devices) in BROUGHT.items():
        of_workplaces, of_devices = _shared_out(workplaces, places), _shared_out(devices, places)
        for place in places:
            needed[place.code] += of_workplaces[place.code]
            yield {
                "facility": place.code,
                "year": year,
                "workplaces": of_workplaces[place.code],
                "multifunction_devices": of_devices[place.code],
                "workplaces_to_automate": needed[place.code],
                "workplaces_on_network": needed[place.code],
            }


def told_expenses() -> list[dict[str, object]]:
    """As `load-expenses` reads them."""
    return [{**each, **BASIS} for each in EXPENSES]


def _shared_out(number: int, places: list[DemoFacility]) -> dict[str, int]:
    """Whole parts of a number that add up to it, by the facilities' codes (the largest remainders first)."""
    weights = {each.code: _SHARES.get(each.kind, 1) for each in places}
    whole = sum(weights.values())
    parts = {code: number * weight // whole for code, weight in weights.items()}
    remainders = sorted(parts, key=lambda code: (-(number * weights[code] % whole), code))
    for code in remainders[: number - sum(parts.values())]:
        parts[code] += 1
    return parts
