"""Summaries of what is ordered, planned and paid: medicines, plans, goals, teams, bills."""

from collections.abc import Mapping
from typing import Any

from emr.rules.summaries.facts import Facts
from emr.rules.words import NOTHING, Words, as_written, joined, of_concept, of_unit, phrase
from emr.rules.words.numbers import number_words, quantity_words
from emr.rules.words.statuses import code_in, remarkable, status_words

CURRENT_MEDICINE = frozenset({"active", "intended", "on-hold", "in-progress"})
PERIOD_UNITS = {
    "h": Words("h", "ч"),
    "d": Words("day", "день"),
    "wk": Words("week", "неделю"),
    "mo": Words("month", "месяц"),
    "min": Words("min", "мин"),
}
CURRENCIES = {"USD": "$", "EUR": "€", "RUB": "₽"}


def of_medicine(order: Mapping[str, Any]) -> Facts:
    """A medicine: which, how to take it, whether it is taken now."""
    status = as_written(order.get("status"))
    name = of_concept(order.get("medicationCodeableConcept")) or reference_words(
        order.get("medicationReference")
    )
    instructions = order.get("dosageInstruction") or order.get("dosage") or []
    return Facts(
        headline=name,
        value=joined([dosage_words(each) for each in instructions if isinstance(each, Mapping)], by="; "),
        state=remarkable(status),
        code=code_in(order.get("medicationCodeableConcept")),
        active=status in CURRENT_MEDICINE,
    )


def dosage_words(dosage: Mapping[str, Any]) -> Words:
    """How to take it: the doctor's text, else dose and how often."""
    if written := as_written(dosage.get("text")):
        return phrase(written)
    rates = [each for each in dosage.get("doseAndRate") or [] if isinstance(each, Mapping)]
    dose = _dose(rates[0].get("doseQuantity")) if rates else NOTHING
    needed = Words("when needed", "при необходимости") if dosage.get("asNeededBoolean") is True else NOTHING
    timing = dosage.get("timing")
    return joined([dose, _rhythm(timing.get("repeat") if isinstance(timing, Mapping) else None), needed])


def _dose(quantity: object) -> Words:
    """An amount with its unit; a bare number counts tablets, drops or puffs, which the source does not tell."""
    amount = quantity_words(quantity)
    bare = (
        amount and isinstance(quantity, Mapping) and not of_unit(quantity.get("unit") or quantity.get("code"))
    )
    return Words(f"{amount.en} at a time", f"по {amount.ru}") if bare else amount


def _rhythm(repeat: object) -> Words:
    if not isinstance(repeat, Mapping):
        return NOTHING
    times, every = number_words(repeat.get("frequency")), number_words(repeat.get("period"))
    unit = PERIOD_UNITS.get(as_written(repeat.get("periodUnit")))
    if not times or not every or unit is None:
        return NOTHING
    if every.en in ("1", "1.0"):
        return Words(f"{times.en} × a {unit.en}", f"{times.ru} раз в {unit.ru}")
    return Words(f"{times.en} × every {every.en} {unit.en}", f"{times.ru} раз каждые {every.ru} {unit.ru}")


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
        state=remarkable(plan.get("status")),
        active=as_written(plan.get("status")) in CURRENT_MEDICINE,
    )


def of_goal(goal: Mapping[str, Any]) -> Facts:
    description = goal.get("description")
    return Facts(
        headline=Words("Goal", "Цель"),
        value=of_concept(description),
        state=status_words(code_in(goal.get("achievementStatus"))) or remarkable(goal.get("lifecycleStatus")),
    )


def of_care_team(team: Mapping[str, Any]) -> Facts:
    members = [
        reference_words(each.get("member"))
        for each in team.get("participant") or []
        if isinstance(each, Mapping)
    ]
    return Facts(
        headline=Words("Care team", "Лечащая команда"),
        value=phrase(team.get("name")) or joined(members),
        state=remarkable(team.get("status")),
    )


def of_claim(claim: Mapping[str, Any]) -> Facts:
    return _bill(claim, called=Words("Bill", "Счёт"), total=money_words(claim.get("total")))


def of_benefit(benefit: Mapping[str, Any]) -> Facts:
    totals = [each for each in benefit.get("total") or [] if isinstance(each, Mapping)]
    total = money_words(totals[0].get("amount")) if totals else NOTHING
    return _bill(benefit, called=Words("Insurer's settlement", "Расчёт страховой компании"), total=total)


def _bill(bill: Mapping[str, Any], *, called: Words, total: Words) -> Facts:
    items = [
        of_concept(each.get("productOrService"))
        for each in bill.get("item") or []
        if isinstance(each, Mapping)
    ]
    return Facts(headline=called, value=total, detail=joined(items[:1]), state=remarkable(bill.get("status")))


def money_words(money: object) -> Words:
    """A FHIR Money: 129.16 $."""
    if not isinstance(money, Mapping):
        return NOTHING
    amount, currency = number_words(money.get("value")), as_written(money.get("currency"))
    sign = CURRENCIES.get(currency, currency)
    return Words(f"{amount.en} {sign}".strip(), f"{amount.ru} {sign}".strip()) if amount else NOTHING


def reference_words(reference: object) -> Words:
    """What a reference calls its target, where it says so."""
    return phrase(reference.get("display")) if isinstance(reference, Mapping) else NOTHING
