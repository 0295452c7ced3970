"""Readings of what is ordered, planned and paid: medicines, care plans, goals, teams, bills."""

from collections.abc import Mapping
from typing import Any

from emr.rules.readings.parts import FIRST, REASON, VISIT, Field, Section, Teller
from emr.rules.summaries.orders import dosage_words, money_words
from emr.rules.words import Words, joined, of_concept
from emr.rules.words.statuses import code_in, status_words


def of_medicine(say: Teller) -> list[Section]:
    resource = say.resource
    name = of_concept(resource.get("medicationCodeableConcept")) or say.referred(
        resource.get("medicationReference")
    )
    instructions = say.each_of("dosageInstruction") or say.each_of("dosage")
    fields = [
        Field(Words("Medicine", "Лекарство"), name),
        Field(
            Words("How to take it", "Как принимать"),
            joined([dosage_words(each) for each in instructions], by="; "),
        ),
        say.concepts("reasonCode", REASON),
        say.references("reasonReference", REASON),
        say.date("authoredOn", Words("Prescribed", "Назначено")),
        say.date("effectiveDateTime", Words("Taken", "Принимается")),
        say.period("effectivePeriod", Words("Taken", "Принимается")),
        say.reference("requester", Words("Prescribed by", "Кто назначил")),
        say.state(),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_care_plan(say: Teller) -> list[Section]:
    fields = [
        say.text("title", Words("Plan", "План")),
        say.concepts("category", Words("Kind of plan", "Вид плана")),
        say.text("description", Words("Description", "Описание")),
        say.references("addresses", Words("Because of", "По поводу")),
        say.period("period", Words("Period", "Период")),
        say.state(),
        say.references("goal", Words("Goals", "Цели")),
        *say.notes(),
    ]
    steps = [_step(each) for each in say.each_of("activity")]
    return [say.section(FIRST, fields), say.section(Words("What to do", "Что делать"), steps)]


def _step(activity: Mapping[str, Any]) -> Field:
    detail = activity.get("detail")
    detail = detail if isinstance(detail, Mapping) else {}
    state = status_words(detail.get("status")) or Words("planned", "запланировано")
    return Field(of_concept(detail.get("code")), state)


def of_goal(say: Teller) -> list[Section]:
    resource = say.resource
    targets = [of_concept(each.get("measure")) for each in say.each_of("target")]
    fields = [
        say.concept("description", Words("Goal", "Цель")),
        Field(Words("Measured by", "Показатель"), joined(targets)),
        Field(Words("Progress", "Ход выполнения"), status_words(code_in(resource.get("achievementStatus")))),
        say.state("lifecycleStatus"),
        say.date("startDate", Words("Since", "С какого времени")),
        say.references("addresses", Words("Because of", "По поводу")),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_care_team(say: Teller) -> list[Section]:
    fields = [
        say.text("name", Words("Team", "Команда")),
        say.period("period", Words("Period", "Период")),
        say.state(),
    ]
    members = [
        Field(
            joined([of_concept(role) for role in each.get("role") or []]) or Words("Member", "Участник"),
            say.referred(each.get("member")),
        )
        for each in say.each_of("participant")
    ]
    return [say.section(FIRST, fields), say.section(Words("Members", "Участники"), members)]


def of_bill(say: Teller) -> list[Section]:
    resource = say.resource
    total = resource.get("total")
    totals = [money_words(each.get("amount")) for each in say.each_of("total")]
    fields = [
        Field(Words("Total", "Итого"), money_words(total) or joined(totals)),
        say.period("billablePeriod", Words("For", "За период")),
        say.date("created", Words("Made", "Составлен")),
        say.reference("provider", Words("From", "От кого")),
        say.reference("insurer", Words("Insurer", "Страховая компания")),
        say.state(),
    ]
    items = [Field(of_concept(each.get("productOrService")), _price(each)) for each in say.each_of("item")]
    return [say.section(FIRST, fields), say.section(Words("Services", "Услуги"), items)]


def _price(item: Mapping[str, Any]) -> Words:
    paid = [
        money_words(each.get("amount"))
        for each in item.get("adjudication") or []
        if isinstance(each, Mapping) and code_in(each.get("category")).endswith("/line_prvdr_pmt_amt")
    ]
    return money_words(item.get("net")) or joined(paid) or Words("no price", "без цены")
