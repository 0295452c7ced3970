"""The numbers of the quarterly form in words: under which name each is shown, what it means, and how it is written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from foundation.language.translation import lazy, percent, tenths, whole_number

UNKNOWN = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """A number of a line.

    Attributes:
        name: of the line's attribute.
        written: how people read it.
    """

    name: str
    head: Any
    meaning: Any
    written: Callable[[float], str] = whole_number

    def told(self, line: object) -> str:
        """As the page says it; a dash where it is not known, or there is no line (None)."""
        value = None if line is None else getattr(line, self.name)
        return UNKNOWN if value is None else self.written(value)


NUMBERS = (
    Column(
        "referred",
        lazy("Referred"),
        lazy(
            "Referrals that were sent in the quarter, in the region’s time. All the other numbers are about these."
        ),
    ),
    Column(
        "served_in_term",
        lazy("Served in term"),
        lazy(
            "The visit took place by the end of the legal term, which was fixed when the referral was sent."
        ),
    ),
    Column(
        "breached",
        lazy("Term broken"),
        lazy(
            "The visit took place later or is booked for later, or no time is booked and the legal term is over."
        ),
    ),
    Column(
        "share_in_term",
        lazy("Share in term"),
        lazy(
            "Of those whose term was kept or broken. Whoever still waits within the term, and what was withdrawn, is not among them."
        ),
        percent,
    ),
    Column(
        "unrecorded",
        lazy("Not recorded"),
        lazy(
            "A time within the legal term was booked and is over, and nobody has recorded whether the visit took place."
        ),
    ),
    Column(
        "waiting",
        lazy("Waiting in term"),
        lazy("Open, and the legal term is not over, or a time within it is booked and still to come."),
    ),
    Column("revoked", lazy("Withdrawn"), lazy("The referral was withdrawn.")),
    Column(
        "mean_days",
        lazy("Mean days"),
        lazy("From sending to the visit, of all whose visit took place: calendar days."),
        tenths,
    ),
)
WAITS = (
    Column(
        "half_within",
        lazy("Half served within, days"),
        lazy(
            "Within so many calendar days half of those who were served had their visit. A day that was begun counts as one."
        ),
    ),
    Column(
        "nine_tenths_within",
        lazy("90% served within, days"),
        lazy("Likewise nine of ten."),
    ),
    Column(
        "nearly_all_within",
        lazy("95% served within, days"),
        lazy("Likewise 95 of a hundred."),
    ),
    Column(
        "missed",
        lazy("Missed visits"),
        lazy("Visits to which the patient did not come. One referral may have several."),
    ),
    Column(
        "share_missed",
        lazy("Share missed"),
        lazy("Of the visits of which it is recorded whether they took place."),
        percent,
    ),
)
