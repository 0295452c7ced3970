"""The pieces that details are made of: fields, sections, and the builder that takes them from a resource."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from emr.content.rules.subject import Subject
from emr.content.rules.texts import LONGEST_PHRASE, sanitized_text
from emr.summaries.rules.standing import full_state_words
from emr.terminology.rules.choices import choice_words
from emr.terminology.rules.dates import date_words, period_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in
from foundation.language.latin_letters import in_latin_letters

# Labels that several types of resource share; the first section has no title.
FIRST = NOTHING
STATE = bilingual("State")
REASON = bilingual("Reason")
VISIT = bilingual("Visit")
# What stands in the place of a person and bears no person's name.
NO_PEOPLE = ("Organization/", "Location/", "HealthcareService/", "Device/")


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled value. `long` text keeps its lines."""

    label: BilingualText
    value: BilingualText
    long: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together; a section without a title opens the page."""

    title: BilingualText
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What a resource does not say itself, in words.

    Attributes:
        names: what the targets of its references are called, such as "Encounter/<id>", and our facilities by their
            Russian names.
        compared: of the results that a report gathers, by reference: how each lies to its range and to the one before.
        earlier: of a measurement, what it was before.
        headed: its day stands above it already.
        signed: its own state counts; of a text that waits for its signature it tells what that will be.
    """

    names: Mapping[str, BilingualText] = field(default_factory=dict)
    compared: Mapping[str, BilingualText] = field(default_factory=dict)
    earlier: BilingualText = NOTHING
    headed: bool = False
    signed: bool = True


@dataclass(frozen=True, slots=True)
class DetailsBuilder:
    """A resource, what is known around it, and whose it is, in whose zone times are told."""

    resource: Mapping[str, Any]
    told: Told
    subject: Subject

    @property
    def zone(self) -> tzinfo:
        return self.subject.zone

    def section(self, title: BilingualText, fields: Iterable[Field]) -> Section:
        return Section(title, tuple(field for field in fields if field.value))

    def concept(self, name: str, label: BilingualText) -> Field:
        return Field(label, of_concept(self.resource.get(name)))

    def concepts(self, name: str, label: BilingualText) -> Field:
        return Field(label, joined([of_concept(each) for each in self.each_of(name)]))

    def text(self, name: str, label: BilingualText) -> Field:
        return self.in_full(label, phrase(self.resource.get(name)), self.resource.get(name))

    def in_full(self, label: BilingualText, told: BilingualText, *written: object) -> Field:
        """The words for what was written; where a line has no room for that, what was written itself."""
        texts = [each for each in written if isinstance(each, str)]
        cut = any(len(each) > LONGEST_PHRASE for each in texts)
        return self.long(label, "\n".join(texts)) if cut else Field(label, told)

    def long(self, label: BilingualText, text: str) -> Field:
        return Field(label, BilingualText(text, text), long=True)

    def state(self) -> Field:
        """All that the resource's modifier elements say, also where that is the ordinary."""
        words = full_state_words(self.resource)
        return Field(STATE, words if self.told.signed else NOTHING)

    def date(self, name: str, label: BilingualText) -> Field:
        return Field(label, date_words(self.resource.get(name), zone=self.zone))

    def period(self, name: str, label: BilingualText) -> Field:
        return Field(label, period_words(self.resource.get(name), zone=self.zone))

    def moment(self, name: str, label: BilingualText) -> list[Field]:
        """Every spelling of onset[x], effective[x] and their like, in words."""
        return [Field(label, words) for words in choice_words(self.resource, name, zone=self.zone)]

    def each_of(self, name: str) -> list[Any]:
        """The objects of an element, which repeats in one type and stands alone in another."""
        value = self.resource.get(name)
        return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Mapping)]

    def referred(self, reference: object) -> BilingualText:
        """What a reference points to: what we call it, else what it calls itself."""
        if not isinstance(reference, Mapping):
            return NOTHING
        names, called = self.told.names, sanitized_text(reference.get("display"))
        return names.get(sanitized_text(reference.get("reference"))) or names.get(called) or phrase(called)

    def person(self, reference: object) -> BilingualText:
        """Who a reference points to: a name is read in the reader's letters."""
        told = self.referred(reference)
        written = sanitized_text(reference.get("reference")) if isinstance(reference, Mapping) else ""
        return told if written.startswith(NO_PEOPLE) else BilingualText(in_latin_letters(told.en), told.ru)

    def reference(self, name: str, label: BilingualText) -> Field:
        return Field(label, self.referred(self.resource.get(name)))

    def references(self, name: str, label: BilingualText) -> Field:
        return Field(label, joined([self.referred(each) for each in self.each_of(name)], by="; "))

    def notes(self) -> list[Field]:
        """The annotations of a resource, as plain text."""
        return [
            self.long(bilingual_in("record", "Note"), str(each["text"]))
            for each in self.each_of("note")
            if sanitized_text(each.get("text"))
        ]
