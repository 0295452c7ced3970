"""How a share stands, and what it is made of: words that other rooms say too."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

# Long enough for a second opinion or a stay at another hospital, and short enough to be forgotten without harm.
LONGEST = timedelta(days=30)
MOST_OPENINGS = 10


class ShareState(StrEnum):
    LIVING = "living"
    REVOKED = "revoked"
    OVER = "over"  # its time has come
    USED_UP = "used-up"  # it was opened as often as it might be
    GUESSED_AT = "guessed-at"  # wrong codes were tried too often
    JOINED = "joined"  # another record is a part of this one that was not when it was given
    RIGHT_OVER = "right-over"  # whoever made it may no longer act for the patient


@dataclass(frozen=True, slots=True)
class NewShare:
    """What somebody is about to share: entries of these kinds, within these days where they are said, or one study.

    Attributes:
        first_day, last_day: of what happened, of the region, both included; None where nothing bounds it.
        open_until: the last day on which it opens.
    """

    for_whom: str
    open_until: date
    most_openings: int
    kinds: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    study_uid: str = ""

    def since(self, zone: tzinfo) -> datetime | None:
        return _begins(self.first_day, zone) if self.first_day else None

    def until(self, zone: tzinfo) -> datetime | None:
        return _begins(self.last_day + timedelta(days=1), zone) if self.last_day else None

    def ends_at(self, zone: tzinfo) -> datetime:
        return _begins(self.open_until + timedelta(days=1), zone)


def _begins(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone)
