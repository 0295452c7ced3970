"""What the project card of the Orenburg programme counts (TAdviser, "Диспетчерский центр", 2009 to 2012).

Public figures of the real programme: the demo region makes as many facilities, devices and records as they say.
"""

from dataclasses import dataclass
from datetime import date

FACILITIES_IN_THE_REGION = 140
FACILITIES_CONNECTED = 42
FACILITIES_WITH_DEVICES = 18
DEVICES = 38


@dataclass(frozen=True, slots=True)
class Records:
    """Dispatch records made from the first to the last day, both included."""

    first: date
    last: date
    records: int


# The card says "more than 4,000" for the first quarter of 2012; the demo makes 4,012.
RECORDS = (
    Records(date(2010, 3, 1), date(2010, 12, 31), 132),
    Records(date(2011, 1, 1), date(2011, 12, 31), 9845),
    Records(date(2012, 1, 1), date(2012, 3, 31), 4012),
)
