"""Which problem a later entry of the same record says is over. A status tells of its own entry; this tells of the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from emr.content.rules.fhir_dates import days_meant
from emr.content.rules.texts import sanitized_text
from emr.summaries.rules.standing import (
    codes_in,
    counts_today,
    entered_in_error,
    has_reservation,
    state_words,
)
from emr.terminology.rules.dates import day_words
from foundation.language.bilingual import BilingualText, bilingual

OVER = frozenset({"resolved", "inactive", "remission"})


@dataclass(frozen=True, slots=True)
class Ending:
    """An entry that says that a problem is over, or never was.

    Attributes:
        known_as: the codes of the problem; its words, where it has none.
        stated_on: the first day on which that may have been written down.
        over_on: the last day of the problem, None where that is not told.
    """

    entry_id: UUID
    known_as: frozenset[str]
    stated_on: date
    over_on: date | None
    state: BilingualText

    @property
    def words(self) -> BilingualText:
        """Why the other entry counts no more."""
        day = day_words(self.stated_on)
        return bilingual("%(state)s, as the entry of %(day)s says", state=self.state, day=day)


def endings_in(conditions: Iterable[tuple[UUID, Mapping[str, Any]]]) -> list[Ending]:
    """What a record says of problems that are over, the newest first."""
    found = [_ending(entry_id, each) for entry_id, each in conditions]
    return sorted((each for each in found if each), key=lambda each: each.stated_on, reverse=True)


def ending_of(
    condition: Mapping[str, Any], endings: Iterable[Ending], *, written: object = None
) -> Ending | None:
    """The newest entry that says that this problem is over. None where it counts: nothing later says so for sure.

    Args:
        written: the FHIR date of what holds the condition, where it has none of its own.
    """
    stated = _stated(condition) or days_meant(written)
    if stated is None or not counts_today(condition):
        return None
    began = days_meant(_onset(condition))
    known_as = _known_as(condition)
    return next(
        (
            each
            for each in endings
            if each.known_as & known_as
            and each.stated_on > stated[1]
            # What began after the end is another episode.
            and not (began and each.over_on and began[0] > each.over_on)
        ),
        None,
    )


def _ending(entry_id: UUID, condition: Mapping[str, Any]) -> Ending | None:
    over = codes_in(condition.get("clinicalStatus")) & OVER or _abatement(condition)
    refuted = "refuted" in codes_in(condition.get("verificationStatus"))
    ended = days_meant(_abatement(condition))
    # An entry may be older than the end that it tells of: its recordedDate is that of its first version.
    stated = max((days[0] for days in (_stated(condition), ended) if days), default=None)
    if not (over or refuted) or stated is None or entered_in_error(condition) or has_reservation(condition):
        return None
    return Ending(
        entry_id,
        _known_as(condition),
        stated_on=stated,
        over_on=ended[1] if ended else None,
        state=state_words(condition),
    )


def _stated(condition: Mapping[str, Any]) -> tuple[date, date] | None:
    return days_meant(condition.get("recordedDate")) or days_meant(_onset(condition))


def _onset(condition: Mapping[str, Any]) -> object:
    period = condition.get("onsetPeriod")
    return condition.get("onsetDateTime") or (period.get("start") if isinstance(period, Mapping) else None)


def _abatement(condition: Mapping[str, Any]) -> object:
    """A date where one is told, else whatever else says that it ended (abatement[x])."""
    period = condition.get("abatementPeriod")
    dated = condition.get("abatementDateTime") or (period.get("end") if isinstance(period, Mapping) else None)
    others = (value for name, value in condition.items() if name.startswith("abatement"))
    return dated or next((each for each in others if each), None)


def _known_as(condition: Mapping[str, Any]) -> frozenset[str]:
    concept = condition.get("code")
    if not isinstance(concept, Mapping):
        return frozenset()
    codings = [each for each in concept.get("coding") or [] if isinstance(each, Mapping)]
    coded = [[sanitized_text(each.get(name)) for name in ("system", "code")] for each in codings]
    codes = frozenset(f"{system}|{code}" for system, code in coded if system and code)
    words = sanitized_text(concept.get("text")).casefold()
    return codes or (frozenset({words}) if words else frozenset())
