"""What a query asks of the series of a study. DICOM PS3.18 section 8.3.4, PS3.4 section C.2.2.2."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.dicom_json import text_of
from foundation.errors import BadInput

# By keyword and by tag, as an asker may name them.
_ASKABLE = {
    "Modality": tags.MODALITY,
    "SeriesDescription": tags.SERIES_DESCRIPTION,
    "StudyInstanceUID": tags.STUDY_INSTANCE_UID,
    "SeriesInstanceUID": tags.SERIES_INSTANCE_UID,
    "SeriesNumber": tags.SERIES_NUMBER,
    "NumberOfSeriesRelatedInstances": tags.NUMBER_OF_SERIES_RELATED_INSTANCES,
}
_TAGS = {**_ASKABLE, **{tag: tag for tag in _ASKABLE.values()}}
_UIDS = frozenset({tags.STUDY_INSTANCE_UID, tags.SERIES_INSTANCE_UID})
# Every attribute that we know is sent anyway; names are not matched here, so nothing is fuzzy.
_WITHOUT_EFFECT = frozenset({"includefield", "fuzzymatching", "emptyvaluematching", "accept"})
_LONGEST_NUMBER = 9

Members = Mapping[str, Any]


@dataclass(frozen=True)
class SeriesMatching:
    """Which series are wanted: by tag what each value must be like, and which part of the list."""

    wanted: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0
    limit: int | None = None

    @classmethod
    def read(cls, parameters: Iterable[tuple[str, str]]) -> "SeriesMatching":
        """What the parameters of an address say.

        Raises:
            BadInput: one of them is unknown, named twice, or no number where it has to be one. A query that was only
                half understood would answer with what nobody asked for.
        """
        wanted: dict[str, str] = {}
        part: dict[str, int] = {}
        for name, value in parameters:
            if name in _WITHOUT_EFFECT:
                continue
            tag = _TAGS.get(name)
            if name in {"offset", "limit"} and name not in part:
                part[name] = _number(value)
            elif tag and tag not in wanted:
                wanted[tag] = value
            else:
                raise BadInput("The query cannot be understood.")
        return cls(wanted, part.get("offset", 0), part.get("limit"))

    def of(self, series: Sequence[Members]) -> list[Members]:
        """Those of them that are wanted."""
        found = [each for each in series if self._matches(each)]
        return found[self.offset :][: self.limit]

    def _matches(self, members: Members) -> bool:
        return all(_is_like(tag, text_of(members, tag), value) for tag, value in self.wanted.items())


def _is_like(tag: str, text: str, wanted: str) -> bool:
    """Universal, list of UIDs, wild card, single value."""
    if not wanted:
        return True
    if tag in _UIDS:
        return text in wanted.replace("\\", ",").split(",")
    return _is_like_wild_cards(text, wanted)


def _is_like_wild_cards(text: str, wanted: str) -> bool:
    """`*` stands for any run of characters, `?` for one. Goes back to the last `*` alone, so no query takes long."""
    at = place = 0
    star, resumed = -1, 0
    while at < len(text):
        if place < len(wanted) and wanted[place] == "*":
            star, resumed = place, at
            place += 1
        elif place < len(wanted) and wanted[place] in {"?", text[at]}:
            at, place = at + 1, place + 1
        elif star >= 0:
            resumed += 1
            at, place = resumed, star + 1
        else:
            return False
    return not wanted[place:].strip("*")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise BadInput("The query cannot be understood.")
    return int(text)
