"""The facts that one line of the timeline is printed from."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from emr.terminology.rules.phrases import NOTHING
from foundation.language.bilingual import BilingualText


class Facts(NamedTuple):
    """What happened (headline), how much (value), more about it (detail), in what state, and whether to look twice.

    `flag` is "", "high", "low" or "abnormal"; `active` tells whether it counts today (`standing.counts_today`);
    `entered_in_error` whether the entry says of itself that it was a mistake (kept as `withdrawn` until it had
    FHIR's word); `none_known` whether it says that there is none, such as "no known allergy", and `not_asked` that
    nobody asked;
    `precision` is how much of the date is known (`foundation.language.dates.Precision`), "" where nobody noted it;
    `code` names the kind of measurement, so that the last of each can be found; `problems` are the diagnoses that a
    note states and that count today; `until` is the last day of a medicine ("2026-05-03") and `known_as` its codes, by which
    it is the same medicine elsewhere; `source` is the system that sent it, where neither a place nor an author is told;
    `ended_by` is the entry that says, later, that a problem is over. A tuple, since a page makes dozens of them.
    """

    headline: BilingualText = NOTHING
    value: BilingualText = NOTHING
    detail: BilingualText = NOTHING
    state: BilingualText = NOTHING
    place: BilingualText = NOTHING
    author: str = ""
    flag: str = ""
    code: str = ""
    precision: str = ""
    active: bool = True
    entered_in_error: bool = False
    none_known: bool = False
    not_asked: bool = False
    problems: tuple[BilingualText, ...] = ()
    until: str = ""
    known_as: str = ""
    source: str = ""
    ended_by: str = ""

    def with_changes(self, **changes: Any) -> "Facts":
        """The same facts with some of them changed."""
        return self._replace(**changes)


# Names of facts in summaries that were drawn before the name changed.
FORMER_NAMES: Mapping[str, str] = {"withdrawn": "entered_in_error"}
# What is not kept because it says nothing.
UNSAID: Mapping[str, tuple[object, ...]] = {
    name: (True,) if name == "active" else ("", ("", ""), False, ()) for name in Facts._fields
}
KNOWN_NAMES = UNSAID.keys() | FORMER_NAMES.keys()


def to_row(facts: Facts) -> dict[str, Any]:
    """As kept in the database: only what is there, words as pairs."""
    kept = {name: value for name in UNSAID if (value := getattr(facts, name)) not in UNSAID[name]}
    return {name: _lists(value) for name, value in kept.items()}


def _lists(value: object) -> object:
    return [_lists(each) for each in value] if isinstance(value, tuple) else value


def from_row(row: Mapping[str, Any]) -> Facts:
    """Back from the database; names of another day are read as today's, or left out."""
    kept: dict[str, Any] = {}
    # A page reads dozens of rows; of each only what says something is there.
    for name, value in row.items():
        if name in KNOWN_NAMES:
            kept[FORMER_NAMES.get(name, name)] = _words(value) if type(value) is list else value
    return Facts(**kept)


def _words(pair_or_pairs: list[Any]) -> BilingualText | tuple[BilingualText, ...]:
    """A pair of words, or a list of such pairs, as it was before it was written as JSON."""
    if type(pair_or_pairs[0]) is str:
        return BilingualText(*pair_or_pairs)
    return tuple(BilingualText(*each) for each in pair_or_pairs)
