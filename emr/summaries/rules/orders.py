"""Summaries of what is ordered, planned and paid: medicines, plans, goals, teams, bills."""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from emr.content.rules.texts import sanitized_text
from emr.summaries.rules.dosages import dosage_words, dosages_of
from emr.summaries.rules.facts import Facts
from emr.summaries.rules.standing import NOT_TO_DO, end_of_taking, in_force_until
from emr.terminology.rules.dates import date_words
from emr.terminology.rules.numbers import number_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import code_in, status_words
from foundation.language.bilingual import BilingualText, bilingual

# Steps of a plan that nobody is to take: CarePlan.activity.detail.status.
STEP_NOT_TO_DO = frozenset({"on-hold", "cancelled", "stopped", "entered-in-error"})
# Of the Anatomical Therapeutic Chemical classification only seven signs name a substance; fewer name a group.
ATC = frozenset({"http://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73"})
LENGTH_OF_SUBSTANCE = 7
CURRENCIES = {"USD": "$", "EUR": "€", "RUB": "₽"}


def of_medicine(order: Mapping[str, Any]) -> Facts:
    """A medicine: which, and how to take it."""
    name = of_concept(order.get("medicationCodeableConcept")) or reference_words(
        order.get("medicationReference")
    )
    taken = joined([dosage_words(each) for each in dosages_of(order)], by="; ")
    # By the days of whoever wrote it, and no more of them than was written.
    end = date_words(end_of_taking(order).partition("T")[0], zone=UTC)
    return Facts(
        headline=name,
        value=taken,
        detail=bilingual("until %(end)s", end=end) if end and end.en not in taken.en else NOTHING,
        code=code_in(order.get("medicationCodeableConcept")),
        until=in_force_until(order),
        known_as=" ".join(sorted(codes_of_medicine(order.get("medicationCodeableConcept")))),
    )


def codes_of_medicine(concept: object) -> Iterator[str]:
    """The codes by which it is the same medicine wherever it is written down: those of a substance, not of a group."""
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    for each in codings if isinstance(codings, list) else []:
        system, code = (sanitized_text(each.get(name)) for name in ("system", "code"))
        if system and code and (system not in ATC or len(code) == LENGTH_OF_SUBSTANCE):
            yield f"{system}|{code.replace(' ', '')}"


def of_care_plan(plan: Mapping[str, Any]) -> Facts:
    """A plan: its name and what it asks for."""
    categories = [of_concept(each) for each in plan.get("category") or []]
    steps = [
        step_words(each.get("detail") or {})
        for each in plan.get("activity") or []
        if isinstance(each, Mapping)
    ]
    return Facts(
        headline=phrase(plan.get("title")) or next((each for each in categories if each), NOTHING),
        value=joined(steps),
    )


def step_words(detail: Mapping[str, Any]) -> BilingualText:
    """A step of a plan, with what forbids it or ended it: "smoking (must not be done)" is no advice to smoke."""
    name, state = of_concept(detail.get("code")), step_state_words(detail)
    pairs = zip(name, state, strict=True)
    return (
        BilingualText(*(f"{words} ({said})" if said else words for words, said in pairs)) if name else NOTHING
    )


def step_state_words(detail: Mapping[str, Any]) -> BilingualText:
    """Why a step of a plan is not to be done, or no longer; nothing where it is."""
    forbidden = NOT_TO_DO if detail.get("doNotPerform") is True else NOTHING
    status = sanitized_text(detail.get("status"))
    return joined([forbidden, status_words(status) if status in STEP_NOT_TO_DO else NOTHING])


def of_goal(goal: Mapping[str, Any]) -> Facts:
    description = goal.get("description")
    return Facts(
        headline=bilingual("Goal"),
        value=of_concept(description),
    )


def of_care_team(team: Mapping[str, Any]) -> Facts:
    members = [
        reference_words(each.get("member"))
        for each in team.get("participant") or []
        if isinstance(each, Mapping)
    ]
    return Facts(
        headline=bilingual("Care team"),
        value=phrase(team.get("name")) or joined(members),
    )


def of_claim(claim: Mapping[str, Any]) -> Facts:
    return _bill(claim, called=bilingual("Bill"), total=money_words(claim.get("total")))


def of_benefit(benefit: Mapping[str, Any]) -> Facts:
    totals = [each for each in benefit.get("total") or [] if isinstance(each, Mapping)]
    total = money_words(totals[0].get("amount")) if totals else NOTHING
    return _bill(benefit, called=bilingual("Insurer’s settlement"), total=total)


def _bill(bill: Mapping[str, Any], *, called: BilingualText, total: BilingualText) -> Facts:
    items = [
        of_concept(each.get("productOrService"))
        for each in bill.get("item") or []
        if isinstance(each, Mapping)
    ]
    return Facts(
        headline=called,
        value=total,
        detail=joined(items[:1]),
    )


def money_words(money: object) -> BilingualText:
    """A FHIR Money: 129.16 $."""
    if not isinstance(money, Mapping):
        return NOTHING
    amount, currency = number_words(money.get("value")), sanitized_text(money.get("currency"))
    sign = CURRENCIES.get(currency, currency)
    return BilingualText(f"{amount.en} {sign}".strip(), f"{amount.ru} {sign}".strip()) if amount else NOTHING


def reference_words(reference: object) -> BilingualText:
    """What a reference calls its target, where it says so."""
    return phrase(reference.get("display")) if isinstance(reference, Mapping) else NOTHING
