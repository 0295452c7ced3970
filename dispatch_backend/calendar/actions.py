"""Entering days of the production calendar: whatever is told otherwise than before makes its next version."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert

from dispatch_backend.calendar.queries import (
    calendar_of_this_transaction,
    current_calendar,
    current_zone,
    told_days,
)
from dispatch_backend.calendar.tables import Calendar, CalendarDay
from foundation.clock import zone
from foundation.database.bulk import add_rows
from foundation.database.transactions import ActorSession
from foundation.registers import Entered, note_entered

SAID = ("working", "territory", "basis_en", "basis_ru")


def enter_days(session: ActorSession, days: Sequence[Mapping[str, Any]]) -> Entered:
    """Enter what is told of these days, those only that are told otherwise than they stand; for loaders.

    What one transaction enters is one version. A referral that is sent keeps the version that it was sent under.

    Args:
        days: columns of the calendar by their names, each day once.
    """
    known, entered, otherwise = told_days(session), Entered(), []
    for row in days:
        there = known.get(row["day"])
        if there is None:
            entered.added += 1
        elif any(getattr(there, name) != row[name] for name in SAID):
            entered.changed += 1
        else:
            entered.unchanged += 1
            continue
        otherwise.append(dict(row))
    _enter(session, otherwise)
    note_entered(session, "calendar_day.told", "calendar_day", [row["day"].isoformat() for row in otherwise])
    return entered


def enter_unknown_days(session: ActorSession, days: Sequence[Mapping[str, Any]]) -> int:
    """Enter those of these days of which nothing is told yet, and the region's zone where it is another; how many days.

    What the region has entered of a day stands, whatever comes along with the service.
    """
    known = told_days(session)
    new = [dict(row) for row in days if row["day"] not in known]
    _enter(session, new)
    if current_zone(session) != str(zone()):
        _new_version(session)
    return len(new)


def _enter(session: ActorSession, rows: list[dict[str, Any]]) -> None:
    if rows:
        number = calendar_of_this_transaction(session) or _new_version(session)
        add_rows(session, CalendarDay, [row | {"calendar": number} for row in rows])


def _new_version(session: ActorSession) -> int:
    session.connection().execute(insert(Calendar).inline().values(time_zone=str(zone())))
    return current_calendar(session)
