"""What is told of the days of the region by the newest calendar."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from dispatch_backend.calendar.tables import Calendar, CalendarDay
from foundation.database.transactions import ActorSession


def told_days(session: ActorSession) -> Mapping[date, CalendarDay]:
    """The newest word of each day of which anything is told."""
    newest_first = select(CalendarDay).order_by(CalendarDay.day, CalendarDay.calendar.desc())
    return {each.day: each for each in session.scalars(newest_first.ext(distinct_on(CalendarDay.day)))}


def working_days(session: ActorSession) -> dict[date, bool]:
    """Whether the days are worked of which anything is told."""
    return {day: told.working for day, told in told_days(session).items()}


def current_calendar(session: ActorSession) -> int:
    """The newest version."""
    number: int = session.scalars(select(func.dispatch.current_calendar())).one()
    return number


def current_zone(session: ActorSession) -> str:
    """The zone by which the newest calendar counts days."""
    newest = select(Calendar.time_zone).where(Calendar.number == func.dispatch.current_calendar())
    return session.scalars(newest).one()


def calendar_of_this_transaction(session: ActorSession) -> int | None:
    """The version that this transaction has entered, if it has."""
    return session.scalar(select(func.max(Calendar.number)).where(Calendar.entered_at == func.now()))
