"""The choices above the queue. They stand in the address, so that a filtered queue can be kept as a bookmark."""

from typing import cast
from uuid import UUID

from wtforms import BooleanField, validators

from dispatch_backend.services.enumerations import Priority
from dispatch_backend.worklist.forms.labels import PRIORITY_WORDS, STEP_WORDS
from dispatch_backend.worklist.queries.counters import COUNTED, Counters
from dispatch_backend.worklist.queries.narrowing import QueueFilter
from dispatch_backend.worklist.rules import NextStep
from foundation.language.translation import lazy
from foundation.web.forms import QueryForm, SelectChoice, SelectField

ALL = SelectChoice("", lazy("All"))
# A referral with which nothing is left to do is not in the queue.
STEPS = [
    SelectChoice(step.value, words) for step, words in STEP_WORDS.items() if step is not NextStep.NOTHING
]
SLOTS = [
    ALL,
    SelectChoice("without", lazy("Without a slot")),
    SelectChoice("with", lazy("With a slot")),
]
BOOKED = {"without": False, "with": True}
# The numbers above the queue, in their order; each opens what it counts.
COUNTER_WORDS = {
    "to_book": lazy("to book"),
    "to_book_again": lazy("missed, to book again"),
    "emergencies": lazy("emergencies waiting"),
    "overdue": lazy("overdue without a slot"),
    "late_visits": lazy("booked after the legal day"),
    "booked": lazy("with a slot"),
    "outcome_missing": lazy("outcomes to record"),
}

# A box stands in an address only where it is ticked.
TICKED = {True: "y", False: None}


class QueueFilterForm(QueryForm):
    """An unknown choice in the address chooses nothing."""

    step = SelectField(
        lazy("Next step"),
        choices=[ALL, *STEPS],
    )
    priority = SelectField(
        lazy("Priority"),
        choices=[ALL, *(SelectChoice(each.value, words) for each, words in PRIORITY_WORDS.items())],
    )
    service = SelectField(lazy("Service"), choices=[], validate_choice=False)
    facility = SelectField(
        lazy("From"), choices=[], validate_choice=False, validators=[validators.Optional(), validators.UUID()]
    )
    slot = SelectField(lazy("Slot"), choices=SLOTS)
    overdue = BooleanField(lazy("Overdue only"))

    @property
    def wanted(self) -> QueueFilter:
        asked = self.parsed
        return QueueFilter(
            service_code=asked["service"] or "",
            priority=Priority(asked["priority"]) if asked["priority"] else None,
            from_facility_id=UUID(asked["facility"]) if asked["facility"] else None,
            step=NextStep(asked["step"]) if asked["step"] else None,
            booked=BOOKED.get(asked["slot"]),
            overdue=asked["overdue"],
        )

    @property
    def chosen(self) -> dict[str, str | None]:
        """The choices as they stand in an address: for the page that follows, and for what the board fetches."""
        return {field.name: TICKED.get(field.data, field.data) for field in self}

    @property
    def narrowed_to(self) -> list[str]:
        """What the queue is narrowed to, in words; empty where it shows everything."""
        words = [
            _words_of(field) for field in (self.step, self.slot, self.priority, self.service, self.facility)
        ]
        overdue = str(self.overdue.label.text) if self.overdue.data else ""
        return [each for each in (*words, overdue) if each]

    def offer(self, services, facilities) -> None:
        """Fill in the choices that the region's registers give."""
        self.service.choices = [ALL, *(SelectChoice(each.code, str(each.name)) for each in services)]
        self.facility.choices = [ALL, *(SelectChoice(str(each.id), str(each.name)) for each in facilities)]


def _words_of(field: SelectField) -> str:
    """Those of the choice that was made; none where everything is shown."""
    if not field.data:
        return ""
    choices = cast(list[SelectChoice], field.choices)
    return next((str(each.label) for each in choices if each.value == field.data), "")


def counter_links(counters: Counters) -> list[tuple[int, str, dict[str, str]]]:
    """Each number with its words and the choices that show what it counts, as they stand in an address."""
    return [
        (getattr(counters, name), str(words), _address_of(COUNTED[name]))
        for name, words in COUNTER_WORDS.items()
    ]


def _address_of(wanted: QueueFilter) -> dict[str, str]:
    slot = next((choice for choice, booked in BOOKED.items() if booked is wanted.booked), None)
    chosen = {
        "step": wanted.step,
        "priority": wanted.priority,
        "slot": slot,
        "overdue": TICKED[wanted.overdue],
    }
    return {name: str(choice) for name, choice in chosen.items() if choice}
