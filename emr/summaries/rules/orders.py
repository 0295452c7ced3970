"""Summaries of what is ordered, planned and paid: medicines, plans, goals, teams, bills."""

from collections.abc import Mapping
from typing import Any

from emr.content.rules.texts import sanitized_text
from emr.summaries.rules.dosages import dosage_words, dosages_of
from emr.summaries.rules.facts import Facts
from emr.terminology.rules.numbers import number_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import code_in, status_unless_default, status_words
from foundation.language.bilingual import BilingualText, bilingual

CURRENT_MEDICINE = frozenset({"active", "intended", "on-hold", "in-progress"})
CURRENCIES = {"USD": "$", "EUR": "€", "RUB": "₽"}


def of_medicine(order: Mapping[str, Any]) -> Facts:
    """A medicine: which, how to take it, whether it is taken now."""
    status = sanitized_text(order.get("status"))
    name = of_concept(order.get("medicationCodeableConcept")) or reference_words(
        order.get("medicationReference")
    )
    return Facts(
        headline=name,
        value=joined([dosage_words(each) for each in dosages_of(order)], by="; "),
        state=status_unless_default(status),
        code=code_in(order.get("medicationCodeableConcept")),
        active=status in CURRENT_MEDICINE,
    )


def of_care_plan(plan: Mapping[str, Any]) -> Facts:
    """A plan: its name and what it asks for."""
    categories = [of_concept(each) for each in plan.get("category") or []]
    steps = [
        of_concept((each.get("detail") or {}).get("code"))
        for each in plan.get("activity") or []
        if isinstance(each, Mapping)
    ]
    return Facts(
        headline=phrase(plan.get("title")) or next((each for each in categories if each), NOTHING),
        value=joined(steps),
        state=status_unless_default(plan.get("status")),
        active=sanitized_text(plan.get("status")) in CURRENT_MEDICINE,
    )


def of_goal(goal: Mapping[str, Any]) -> Facts:
    description = goal.get("description")
    return Facts(
        headline=bilingual("Goal"),
        value=of_concept(description),
        state=status_words(code_in(goal.get("achievementStatus")))
        or status_unless_default(goal.get("lifecycleStatus")),
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
        state=status_unless_default(team.get("status")),
    )


def of_claim(claim: Mapping[str, Any]) -> Facts:
    return _bill(claim, called=bilingual("Bill"), total=money_words(claim.get("total")))


def of_benefit(benefit: Mapping[str, Any]) -> Facts:
    totals = [each for each in benefit.get("total") or [] if isinstance(each, Mapping)]
    total = money_words(totals[0].get("amount")) if totals else NOTHING
    return _bill(benefit, called=bilingual("Insurer's settlement"), total=total)


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
        state=status_unless_default(bill.get("status")),
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
