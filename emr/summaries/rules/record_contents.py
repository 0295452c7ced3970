"""What a line may take from the other entries of its record: from those whose restrictions are within its own alone.

Else a line that everybody reads would tell where, by whom and when something was that the law, or the person, keeps for few.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from emr.content.rules.attachments import attachments_in
from emr.content.rules.context import encounter_reference, place_reference, reference_texts_in
from emr.content.rules.references import NAMED_TYPES, readable
from emr.summaries.rules.endings import Ending, endings_in

Content = Mapping[str, Any]
Find = Callable[[str], Content | None]


class Dating(NamedTuple):
    """Entries that say when another happened which does not say so itself, best first; `closed`: there are further ones."""

    told: Sequence[Content]
    closed: bool


class RecordContents:
    """The newest signed versions of one record, as the lines of each other."""

    def __init__(
        self, rows: Sequence[Any], listed: Mapping[str, Content], beside: Sequence[Any] = ()
    ) -> None:
        """
        Args:
            rows: with the columns of `emr.entries.queries.versions`.
            listed: the directory by reference.
            beside: further diagnoses of the record, which only end problems.
        """
        self._rows = {_reference(row): row for row in rows}
        self._listed = listed
        self._restricted = {row.entry_id: frozenset(row.restrictions or ()) for row in (*rows, *beside)}
        self._told = {
            reference: readable(row.content, self._named_to(row)) for reference, row in self._rows.items()
        }
        conditions = [row for row in (*rows, *beside) if row.content["resourceType"] == "Condition"]
        self._endings = endings_in((row.entry_id, row.content) for row in conditions)
        self._dated_by = _dated_by(self._rows)

    def content_of(self, row: Any) -> dict[str, Any]:
        """What it says, with the names that the directory and the record know written into its references."""
        return self._told[_reference(row)]

    def open_to(self, row: Any) -> Find:
        """How its line finds the other entries of the record; None for those that it may take nothing from."""
        return lambda reference: self._told[reference] if self._opens(reference, row) else None

    def endings_for(self, row: Any) -> list[Ending]:
        """Which problems are over, as far as its line may say so."""
        return [each for each in self._endings if self._within(each.entry_id, row)]

    def facility_of(self, row: Any) -> UUID | None:
        """The facility of ours where it happened: its own, else its visit's."""
        visit = encounter_reference(row.content)
        if row.author_id is not None or not visit or place_reference(row.content, _nothing):
            return row.facility_id  # type: ignore[no-any-return]
        return self._rows[visit].facility_id if self._opens(visit, row) else None

    def dating(self, row: Any) -> Dating:
        """What dates an entry without a date: its visit, then the plan or the document that names it."""
        visit = encounter_reference(row.content)
        others = [visit] if visit in self._rows else []
        others += self._dated_by.get(_reference(row), [])
        opened = [each for each in others if self._opens(each, row)]
        return Dating([self._rows[each].content for each in opened], closed=len(opened) < len(others))

    def _named_to(self, row: Any) -> Find:
        def find(reference: str) -> Content | None:
            own = reference.partition("/")[0] in NAMED_TYPES and self._opens(reference, row)
            return self._rows[reference].content if own else self._listed.get(reference)

        return find

    def _opens(self, reference: str, row: Any) -> bool:
        other = self._rows.get(reference)
        return other is not None and self._within(other.entry_id, row)

    def _within(self, other: UUID, row: Any) -> bool:
        return self._restricted[other] <= self._restricted[row.entry_id]


def _dated_by(rows: Mapping[str, Any]) -> dict[str, list[str]]:
    """By reference: the plans that name a goal, and the entries that hold bytes."""
    found: dict[str, list[str]] = {}
    for reference, row in rows.items():
        for named in _dates_others(row.content):
            found.setdefault(named, []).append(reference)
    return found


def _dates_others(content: Content) -> Iterator[str]:
    if content["resourceType"] == "CarePlan":
        yield from reference_texts_in(content.get("goal"))
    yield from (str(each.get("url")) for each in attachments_in(content))


def _reference(row: Any) -> str:
    return f"{row.content['resourceType']}/{row.entry_id}"


def _nothing(_reference: str) -> None:
    return None
