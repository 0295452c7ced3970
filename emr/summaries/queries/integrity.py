"""Whether the lines of the records still say what the signed versions say."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from emr.entries.queries.integrity import look_at_versions
from emr.entries.queries.versions import newest_signed_of_patients, some_patients_with_entries
from emr.summaries.queries.drawn import drawn_lines
from emr.summaries.queries.lines import drawn_by
from emr.summaries.rules.drawing import drawing_digest
from emr.summaries.tables import EntrySummary
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from foundation.verifications import Piece, Place, Verifier

# A record may hold thousands of entries.
PATIENTS_AT_ONCE = 4
SUMMARY, NAMES = "summary", "names"
# What a line takes from registers, which may have changed since it was drawn.
FROM_REGISTERS = ("place", "author", "source")

Line = Mapping[str, Any]


class _Difference(NamedTuple):
    entry_id: UUID
    number: int
    why: str


def look_at_summaries(session: ActorSession, goes_on: Place, *, at_once: int = PATIENTS_AT_ONCE) -> Piece:
    """The lines that differ from what would be drawn today, with the reason, of so many patients after that place.

    The reason is NAMES where nothing but the names of places and people differs, which may have been renamed since.

    Raises:
        RuleBroken: other rules than today's drew the lines.
    """
    if drawn_by(session) not in ("", drawing_digest()):
        raise RuleBroken("Another version drew the lines of the records. Run migrate, or rebuild-summaries.")
    after = UUID(goes_on["patient_id"]) if goes_on else None
    patient_ids = some_patients_with_entries(session, after=after, at_once=at_once)
    checked, different = _differences(session, patient_ids)
    if different:
        # Somebody may have signed between one statement and the next.
        _, still = _differences(session, patient_ids)
        different &= still
    broken = [
        {"entry": str(each.entry_id), "number": each.number, "why": each.why} for each in sorted(different)
    ]
    return Piece(checked, broken, {"patient_id": str(patient_ids[-1])} if patient_ids else None)


RECORD_VERIFIER = Verifier("record", {"versions": look_at_versions, "summaries": look_at_summaries})


def _differences(session: ActorSession, patient_ids: Collection[UUID]) -> tuple[int, set[_Difference]]:
    """How many lines there should be, and which are not as they should be: changed, missing or invented."""
    columns = EntrySummary.__table__.c
    kept = session.execute(select(*columns).where(EntrySummary.patient_id.in_(patient_ids))).mappings()
    lines: dict[UUID, Line] = {line["entry_id"]: dict(line) for line in kept}
    should = drawn_lines(session, newest_signed_of_patients(session, patient_ids))
    different = {
        _Difference(line["entry_id"], line["number"], why)
        for line in should
        if (why := _difference(lines.pop(line["entry_id"], None), line))
    }
    invented = {_Difference(each["entry_id"], each["number"], SUMMARY) for each in lines.values()}
    return len(should), different | invented


def _difference(kept: Line | None, should: Line) -> str:
    if kept is None or any(kept[name] != should[name] for name in should if name != "facts"):
        return SUMMARY
    if kept["facts"] == should["facts"]:
        return ""
    return NAMES if _without_names(kept["facts"]) == _without_names(should["facts"]) else SUMMARY


def _without_names(facts: Line) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in FROM_REGISTERS}
