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


def local(moment: datetime) -> datetime:
    """A moment as the region's clocks show it; one at the very ends of the calendar, which no zone can shift, as it is."""
    try:
        return moment.astimezone(zone())
    except OverflowError:
        return moment


def moment_at(shown: datetime) -> datetime | None:
    """When the region's clocks showed this date and time; of an hour that came twice, the first.

    Returns:
        None where they never did: the hour was skipped when they were put forward, or lies beyond the calendar.
    """
    moment = shown.replace(tzinfo=zone())
    try:
        there_and_back = moment.astimezone(UTC).astimezone(zone())
    except OverflowError:
        return None
    return moment if there_and_back.replace(tzinfo=None) == shown else None


def today() -> date:
    """The calendar day in the region."""
    return now().astimezone(zone()).date()
