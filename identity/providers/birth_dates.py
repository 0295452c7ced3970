"""Birth dates in the ways that providers write them."""

import re
from datetime import date

FORMATS = {
    "yyyy-MM-dd": re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
    "dd.MM.yyyy": re.compile(r"(?P<day>[0-9]{2})\.(?P<month>[0-9]{2})\.(?P<year>[0-9]{4})"),
    "dd/MM/yyyy": re.compile(r"(?P<day>[0-9]{2})/(?P<month>[0-9]{2})/(?P<year>[0-9]{4})"),
    "yyyyMMdd": re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
}


def read_birth_date(text: str, written: str) -> date | None:
    """The day, or None where the text is not a whole date written that way."""
    match = FORMATS[written].fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
