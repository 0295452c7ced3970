"""The only place that asks what time it is."""

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

# The zone of the region; app_factory sets it from the settings before anything is shown.
_zone: list[tzinfo] = [ZoneInfo("Asia/Yekaterinburg")]


def set_zone(name: str) -> None:
    _zone[0] = ZoneInfo(name)


def zone() -> tzinfo:
    """The time zone in which the region's people read dates."""
    return _zone[0]


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in the region."""
    return now().astimezone(zone()).date()
