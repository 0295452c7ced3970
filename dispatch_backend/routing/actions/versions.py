"""One version for whatever one transaction enters; for loaders."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import DeclarativeBase

from dispatch_backend.routing.queries.registers import current_version, version_of_this_transaction
from dispatch_backend.routing.tables import RoutingVersion
from foundation.database.bulk import add_rows
from foundation.database.transactions import ActorSession
from foundation.registers import Entered, note_entered

Row = Mapping[str, Any]


def enter_otherwise(
    session: ActorSession,
    table: type[DeclarativeBase],
    rows: Sequence[Row],
    stand: Mapping[Any, Any],
    *,
    key: Callable[[Row], Hashable],
) -> Entered:
    """Enter those rows that say otherwise than what stands, as one version with whatever else this transaction enters."""
    entered, otherwise = Entered(), []
    for row in rows:
        there = stand.get(key(row))
        differs = any(getattr(there, name, None) != value for name, value in row.items())
        if is_news(entered, known=there is not None, differs=differs):
            otherwise.append(dict(row))
    if otherwise:
        version = new_version(session)
        add_rows(session, table, [row | {"version": version} for row in otherwise])
        kind = table.__tablename__
        note_entered(session, f"{kind}.told", kind, [named(key(row)) for row in otherwise])
    return entered


def is_news(entered: Entered, *, known: bool, differs: bool) -> bool:
    """Count what is told, and say whether it has to be entered."""
    if known and not differs:
        entered.unchanged += 1
    elif known:
        entered.changed += 1
    else:
        entered.added += 1
    return differs or not known


def new_version(session: ActorSession) -> int:
    """The version that this transaction enters, made where it has entered nothing yet."""
    if (number := version_of_this_transaction(session)) is not None:
        return number
    session.connection().execute(insert(RoutingVersion).inline())
    return current_version(session)


def named(key: Hashable) -> str:
    """What was told of, as the audit names it."""
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
