"""What routing goes by: ways that take longer by bus and train than the distance says, an invented order of the ministry, and licences."""

from collections.abc import Iterator
from datetime import date

from demo.region import Region

ORENBURG = ("Orenburg Regional Hospital", "Orenburg City Hospital No. 4", "Orenburg Diagnostic Centre")
# From where, to where, and minutes there; the same back.
_WAYS = (
    ("Nezhinka Village Clinic", ORENBURG, 45),
    ("Krasnokholm Village Clinic", ORENBURG, 105),
    ("Energetik Village Clinic", ("Orsk City Hospital No. 1", "Orsk Diagnostic Centre"), 80),
    ("Tyulgan District Hospital", ORENBURG, 150),
    ("Saraktash District Hospital", ORENBURG, 115),
)


def told_ways(region: Region) -> Iterator[dict[str, object]]:
    """Each way by the codes of its facilities, as `load-travel-times` reads it."""
    for start, ends, minutes in _WAYS:
        for end in ends:
            codes = [region.facility_named[name].code for name in (start, end)]
            for one, other in (codes, reversed(codes)):
                yield {"from": one, "to": other, "minutes": minutes}


# The services that the order is about, and where it has the patients go.
_ORDERED = (
    ("C-CARD", ("Orenburg Diagnostic Centre", "Orenburg Regional Hospital")),
    ("I-MRI", ("Orenburg Diagnostic Centre", "Orenburg Regional Hospital")),
    ("C-NEUR", ("Orenburg City Hospital No. 4", "Orenburg Regional Hospital")),
)
_SENDERS = (
    *("Nezhinka Village Clinic", "Krasnokholm Village Clinic", "Podgorodnyaya Pokrovka Village Clinic"),
    *("Novosergiyevka District Hospital", "Saraktash District Hospital", "Ilek District Hospital"),
)
_ORDER = {
    "valid_from": date(2020, 1, 1),
    "order_number": "000-р",
    "ordered_on": date(2019, 12, 16),
    "basis_en": "Ministry of Health of the region, on the routes of patients (invented for the demo)",
    "basis_ru": "Министерство здравоохранения области, о маршрутизации пациентов (вымышлен для показа)",
}


def told_orders(region: Region) -> list[dict[str, object]]:
    """Each rule of the order, as `load-route-orders` reads it."""
    return [
        {
            "from": region.facility_named[sender].code,
            "service": service,
            "targets": [region.facility_named[name].code for name in targets],
            **_ORDER,
        }
        for sender in _SENDERS
        for service, targets in _ORDERED
    ]


def told_licences(region: Region) -> list[dict[str, object]]:
    """Whom hospitals may serve, as `load-capabilities` reads it: children's specialists see children."""
    places = ("Orenburg Regional Children’s Hospital", "Orsk City Hospital No. 2")
    return [
        {
            "facility": region.facility_named[name].code,
            "service": "C-PAED",
            "valid_from": date(2000, 1, 1),
            "age_to": 17,
        }
        for name in places
    ]
