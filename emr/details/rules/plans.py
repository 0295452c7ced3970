"""Readings of what is ordered, planned and paid: medicines, care plans, goals, teams, bills."""

from collections.abc import Mapping
from typing import Any

from emr.details.rules.parts import FIRST, REASON, VISIT, Field, Section, Teller
from emr.summaries.rules.orders import dosage_words, money_words
from emr.terminology.rules.phrases import joined, of_concept
from emr.terminology.rules.statuses import code_in, status_words
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in


def of_medicine(say: Teller) -> list[Section]:
    resource = say.resource
    name = of_concept(resource.get("medicationCodeableConcept")) or say.referred(
        resource.get("medicationReference")
    )
    instructions = say.each_of("dosageInstruction") or say.each_of("dosage")
    fields = [
        Field(bilingual("Medicine"), name),
        Field(
            bilingual("How to take it"),
            joined([dosage_words(each) for each in instructions], by="; "),
        ),
        say.concepts("reasonCode", REASON),
        say.references("reasonReference", REASON),
        say.date("authoredOn", bilingual("Prescribed")),
        say.date("effectiveDateTime", bilingual("Taken")),
        say.period("effectivePeriod", bilingual("Taken")),
        say.reference("requester", bilingual("Prescribed by")),
        say.state(),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_care_plan(say: Teller) -> list[Section]:
    fields = [
        say.text("title", bilingual("Plan")),
        say.concepts("category", bilingual("Kind of plan")),
        say.text("description", bilingual("Description")),
        say.references("addresses", bilingual("Because of")),
        say.period("period", bilingual("Period")),
        say.state(),
        say.references("goal", bilingual("Goals")),
        *say.notes(),
    ]
    steps = [_step(each) for each in say.each_of("activity")]
    return [say.section(FIRST, fields), say.section(bilingual("What to do"), steps)]


def _step(activity: Mapping[str, Any]) -> Field:
    detail = activity.get("detail")
    detail = detail if isinstance(detail, Mapping) else {}
    state = status_words(detail.get("status")) or bilingual("planned")
    return Field(of_concept(detail.get("code")), state)


def of_goal(say: Teller) -> list[Section]:
    resource = say.resource
    targets = [of_concept(each.get("measure")) for each in say.each_of("target")]
    fields = [
        say.concept("description", bilingual("Goal")),
        Field(bilingual("Measured by"), joined(targets)),
        Field(bilingual("Progress"), status_words(code_in(resource.get("achievementStatus")))),
        say.state("lifecycleStatus"),
        say.date("startDate", bilingual("Since")),
        say.references("addresses", bilingual("Because of")),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_care_team(say: Teller) -> list[Section]:
    fields = [
        say.text("name", bilingual("Team")),
        say.period("period", bilingual("Period")),
        say.state(),
    ]
    members = [
        Field(
            joined([of_concept(role) for role in each.get("role") or []]) or bilingual("Member"),
            say.referred(each.get("member")),
        )
        for each in say.each_of("participant")
    ]
    return [say.section(FIRST, fields), say.section(bilingual("Members"), members)]


def of_bill(say: Teller) -> list[Section]:
    resource = say.resource
    total = resource.get("total")
    totals = [money_words(each.get("amount")) for each in say.each_of("total")]
    fields = [
        Field(bilingual("Total"), money_words(total) or joined(totals)),
        say.period("billablePeriod", bilingual("For")),
        say.date("created", bilingual("Made")),
        say.reference("provider", bilingual_in("record", "From")),
        say.reference("insurer", bilingual("Insurer")),
        say.state(),
    ]
    items = [Field(of_concept(each.get("productOrService")), _price(each)) for each in say.each_of("item")]
    return [say.section(FIRST, fields), say.section(bilingual("Services"), items)]


def _price(item: Mapping[str, Any]) -> BilingualText:
    paid = [
        money_words(each.get("amount"))
        for each in item.get("adjudication") or []
        if isinstance(each, Mapping) and code_in(each.get("category")).endswith("/line_prvdr_pmt_amt")
    ]
    return money_words(item.get("net")) or joined(paid) or bilingual("no price")
