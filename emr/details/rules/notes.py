"""Readings of written notes: their sections as plain text, under our names where we know the section."""

from collections.abc import Iterator, Mapping
from typing import Any

from emr.content.rules.narrative import plain_text
from emr.content.rules.texts import as_written
from emr.details.rules.parts import FIRST, VISIT, Field, Section, Teller
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from foundation.language.bilingual import bilingual

DEEPEST_SECTION = 8


def of_composition(say: Teller) -> list[Section]:
    fields = [
        say.concept("type", bilingual("Document")),
        say.date("date", bilingual("Written")),
        say.references("author", bilingual("Author")),
        say.reference("encounter", VISIT),
    ]
    if not say.each_of("section"):
        fields.append(say.long(bilingual("Text"), plain_text(say.resource.get("text"))))
    return [say.section(FIRST, fields), *_sections(say, say.each_of("section"), depth=0)]


def _sections(say: Teller, sections: list[Any], *, depth: int) -> Iterator[Section]:
    for each in sections:
        if isinstance(each, Mapping) and depth < DEEPEST_SECTION:
            title = of_concept(each.get("code")) or phrase(each.get("title"))
            text = plain_text(each.get("text"))
            entries = joined([say.referred(target) for target in each.get("entry") or []], by="; ")
            shown = [Field(NOTHING, entries)] if entries and as_written(entries.en) not in text else []
            yield say.section(title, [*shown, say.long(NOTHING, text)])
            yield from _sections(say, each.get("section") or [], depth=depth + 1)
