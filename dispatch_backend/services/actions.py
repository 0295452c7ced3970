"""Entering the services, legal terms and working days of a region: from tables that the region can replace by its own."""

import csv
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, update
from sqlalchemy.dialects.postgresql import insert

from dispatch_backend.calendar.actions import enter_unknown_days
from dispatch_backend.services.enumerations import Priority, ServiceKind
from dispatch_backend.services.rules.terms import TermUnit
from dispatch_backend.services.tables import Service, WaitingTerm
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.registers import Entered, enter_rows

# What may be said of a service in other words, or for the first time; what it is never changes.
DESCRIPTIONS = ("name_en", "name_ru", "preparation_en", "preparation_ru")
WORKING = {"yes": True, "no": False}
REFERENCE = Path(__file__).parent / "rules" / "reference"


def load_reference(
    session: ActorSession, *, folder: Path = REFERENCE, term_id: Callable[[], UUID] = new_id
) -> dict[str, int]:
    """Enter what the tables name and the database does not know yet, and what they call a known service by now; for loaders.

    Saying it twice changes nothing. A legal term is never changed: a new law is a new line.

    Args:
        term_id: gives the identifier of each legal term, in the order of their table.

    Returns:
        How many services are new, how many are described anew, how many waiting terms are new, and of how many days it was not
        known before that they are worked, or not.
    """
    rows = service_rows(folder)
    known = insert(Service).on_conflict_do_nothing()
    made_services = session.connection().execute(known, rows)
    described = _describe(session, rows, told=_columns(folder / "services.tsv"))
    known = insert(WaitingTerm).on_conflict_do_nothing()
    made_terms = session.connection().execute(known, term_rows(folder, term_id=term_id))
    return {
        "services": made_services.rowcount,
        "services_described": described,
        "waiting_terms": made_terms.rowcount,
        "calendar_days": enter_unknown_days(session, calendar_rows(folder)),
    }


def _describe(session: ActorSession, rows: list[dict[str, object]], *, told: Collection[str]) -> int:
    """Let known services say what the table says of them now; of what it has no column for, it says nothing."""
    texts = [Service.__table__.c[name] for name in DESCRIPTIONS if name in told]
    if not texts:
        return 0
    new: dict[str, Any] = {each.name: bindparam(f"new_{each.name}") for each in texts}
    changed = (
        update(Service.__table__)  # type: ignore[arg-type]
        .where(Service.__table__.c.code == bindparam("known_code"))
        .where(or_(*(each != new[each.name] for each in texts)))
        .values(new)
    )
    values = [{"known_code": row["code"], **{f"new_{name}": row[name] for name in new}} for row in rows]
    return session.connection().execute(changed, values).rowcount


def enter_services(session: ActorSession, rows: Sequence[Mapping[str, Any]]) -> Entered:
    """Enter services, known by their code, or let those that are there say what these rows say; a kind never changes.

    Args:
        rows: columns of the register by their names.
    """
    return enter_rows(session, Service, rows, key="code", never_changes=("kind",))


def service_rows(folder: Path = REFERENCE) -> list[dict[str, object]]:
    """The services that the table names."""
    return [_service(row) for row in _rows(folder / "services.tsv")]


def term_rows(folder: Path = REFERENCE, *, term_id: Callable[[], UUID] = new_id) -> list[dict[str, object]]:
    """The legal terms that the table names."""
    return [{"id": term_id(), **_term(row)} for row in _rows(folder / "waiting_terms.tsv")]


def calendar_rows(folder: Path = REFERENCE) -> list[dict[str, Any]]:
    """The days that the table names; none where a region brings no calendar of its own."""
    file = folder / "production_calendar.tsv"
    return [_day(row) for row in _rows(file)] if file.exists() else []


def _columns(file: Path) -> list[str]:
    with file.open(encoding="utf-8", newline="") as opened:
        return next(csv.reader(opened, delimiter="\t"), [])


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened, delimiter="\t"))


def _service(row: dict[str, str]) -> dict[str, object]:
    return {
        "code": row["code"],
        "kind": ServiceKind(row["kind"]),
        "name_en": row["name_en"],
        "name_ru": row["name_ru"],
        # A region's own table may say nothing of it.
        "preparation_en": row.get("preparation_en") or "",
        "preparation_ru": row.get("preparation_ru") or "",
    }


def _day(row: dict[str, str]) -> dict[str, Any]:
    return {
        "day": date.fromisoformat(row["day"]),
        "working": WORKING[row["working"]],
        "territory": row["territory"],
        "basis_en": row["basis_en"],
        "basis_ru": row["basis_ru"],
    }


def _term(row: dict[str, str]) -> dict[str, object]:
    return {
        "service_kind": ServiceKind(row["service_kind"]),
        "priority": Priority(row["priority"]),
        "length": int(row["length"]),
        "unit": TermUnit(row["unit"]),
        "basis_en": row["basis_en"],
        "basis_ru": row["basis_ru"],
        "valid_from": date.fromisoformat(row["valid_from"]),
        # An empty end means that the law is in force until further notice.
        "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max,
    }
