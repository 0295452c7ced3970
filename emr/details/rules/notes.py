"""Details of written notes: their sections as plain text, under our names where we know the section."""

from collections.abc import Iterator, Mapping
from typing import Any

from emr.content.rules.narrative import plain_text
from emr.content.rules.texts import sanitized_text
from emr.details.rules.parts import FIRST, VISIT, DetailsBuilder, Field, Section
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in

DEEPEST_SECTION = 8


def of_composition(build: DetailsBuilder) -> list[Section]:
    written = build.date("date", bilingual("Date"))
    fields = [
        Field(bilingual_in("record", "Name"), _title(build)),
        # Kind and author stand at the head of the page, once; so does the day of the version that is valid.
        *([] if build.told.headed else [written]),
        build.state(),
        build.reference("encounter", VISIT),
    ]
    if not build.each_of("section"):
        fields.append(build.long(bilingual("Text"), plain_text(build.resource.get("text"))))
    return [build.section(FIRST, fields), *_sections(build, build.each_of("section"), depth=0)]


def _title(build: DetailsBuilder) -> BilingualText:
    """What its writer called it, where neither the head of the page nor a section says the same."""
    title, kind = phrase(build.resource.get("title")), of_concept(build.resource.get("type"))
    said = [plain_text(each.get("text")) for each in build.each_of("section")]
    return NOTHING if title == kind or any(title.en in text for text in said) else title


def _sections(build: DetailsBuilder, sections: list[Any], *, depth: int) -> Iterator[Section]:
    for each in sections:
        if isinstance(each, Mapping) and depth < DEEPEST_SECTION:
            title = of_concept(each.get("code")) or phrase(each.get("title"))
            text = plain_text(each.get("text"))
            entries = joined([build.referred(target) for target in each.get("entry") or []], by="; ")
            shown = [Field(NOTHING, entries)] if entries and sanitized_text(entries.en) not in text else []
            yield build.section(title, [*shown, build.long(NOTHING, text)])
            yield from _sections(build, each.get("section") or [], depth=depth + 1)
