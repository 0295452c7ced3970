"""Summaries of what is ordered, planned and paid: medicines, plans, goals, teams, bills."""

from collections.abc import Mapping
from typing import Any

from emr.content.rules.texts import sanitized_text
from emr.summaries.rules.facts import Facts
from emr.terminology.rules.numbers import number_words, quantity_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, of_unit, phrase
from emr.terminology.rules.statuses import code_in, status_unless_default, status_words
from foundation.language.bilingual import BilingualText, bilingual

CURRENT_MEDICINE = frozenset({"active", "intended", "on-hold", "in-progress"})
PERIOD_UNITS = {
    "h": bilingual("h"),
    "d": bilingual("day"),
    "wk": bilingual("week"),
    "mo": bilingual("month"),
    "min": bilingual("min"),
}
CURRENCIES = {"USD": "$", "EUR": "€", "RUB": "₽"}


def of_medicine(order: Mapping[str, Any]) -> Facts:
    """A medicine: which, how to take it, whether it is taken now."""
    status = sanitized_text(order.get("status"))
    name = of_concept(order.get("medicationCodeableConcept")) or reference_words(
        order.get("medicationReference")
    )
    instructions = order.get("dosageInstruction") or order.get("dosage") or []
    return Facts(
        headline=name,
        value=joined([dosage_words(each) for each in instructions if isinstance(each, Mapping)], by="; "),
        state=status_unless_default(status),
        code=code_in(order.get("medicationCodeableConcept")),
        active=status in CURRENT_MEDICINE,
    )


def dosage_words(dosage: Mapping[str, Any]) -> BilingualText:
    """How to take it: the doctor's text, else dose and how often."""
    if written := sanitized_text(dosage.get("text")):
        return phrase(written)
    rates = [each for each in dosage.get("doseAndRate") or [] if isinstance(each, Mapping)]
    dose = _dose(rates[0].get("doseQuantity")) if rates else NOTHING
    needed = bilingual("when needed") if dosage.get("asNeededBoolean") is True else NOTHING
    timing = dosage.get("timing")
    return joined([dose, _rhythm(timing.get("repeat") if isinstance(timing, Mapping) else None), needed])


def _dose(quantity: object) -> BilingualText:
    """An amount with its unit; a bare number counts tablets, drops or puffs, which the source does not tell."""
    amount = quantity_words(quantity)
    bare = (
        amount and isinstance(quantity, Mapping) and not of_unit(quantity.get("unit") or quantity.get("code"))
    )
    return bilingual("%(amount)s at a time", amount=amount) if bare else amount


def _rhythm(repeat: object) -> BilingualText:
    if not isinstance(repeat, Mapping):
        return NOTHING
    times, every = number_words(repeat.get("frequency")), number_words(repeat.get("period"))
    unit = PERIOD_UNITS.get(sanitized_text(repeat.get("periodUnit")))
    if not times or not every or unit is None:
        return NOTHING
    if every.en in ("1", "1.0"):
        return bilingual("%(times)s × a %(unit)s", times=times, unit=unit)
    return bilingual("%(times)s × every %(number)s %(unit)s", times=times, number=every, unit=unit)


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
