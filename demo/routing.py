"""What the region has told of the ways between facilities: by bus and train they take longer than the distance says."""

from collections.abc import Iterator

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
