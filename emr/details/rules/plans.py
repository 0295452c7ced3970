"""Details of what is ordered, planned and paid: medicines, care plans, goals, teams, bills."""

from collections.abc import Mapping
from typing import Any

from emr.details.rules.parts import FIRST, REASON, VISIT, DetailsBuilder, Field, Section
from emr.summaries.rules.dosages import dosage_words, dosages_of
from emr.summaries.rules.orders import money_words, step_state_words
from emr.terminology.rules.choices import choice_words
from emr.terminology.rules.numbers import range_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import code_in, status_words
from emr.terminology.rules.values import MORE_IN_THE_ORIGINAL
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in

# The parts of a step that are told, or whose words say nothing beside them.
TOLD_OF_STEP = frozenset({"id", "kind", "code", "description", "status", "doNotPerform", "location"})


def of_medicine(build: DetailsBuilder) -> list[Section]:
    resource = build.resource
    name = of_concept(resource.get("medicationCodeableConcept")) or build.referred(
        resource.get("medicationReference")
    )
    fields = [
        Field(bilingual("Medicine"), name),
        *(_dosage(build, each) for each in dosages_of(resource)),
        build.concepts("reasonCode", REASON),
        build.references("reasonReference", REASON),
        build.date("authoredOn", bilingual("Prescribed")),
        *build.moment("effective", bilingual("Taken")),
        Field(bilingual("Prescribed by"), build.person(resource.get("requester"))),
        build.state(),
        build.reference("encounter", VISIT),
        *build.notes(),
    ]
    return [build.section(FIRST, fields)]


def _dosage(build: DetailsBuilder, dosage: Mapping[str, Any]) -> Field:
    """Each on its own line, so that a long one in words hides none that is coded."""
    written = [dosage.get(name) for name in ("text", "patientInstruction")] if dosage.get("text") else []
    return build.in_full(bilingual("How to take it"), dosage_words(dosage), *written)


def of_care_plan(build: DetailsBuilder) -> list[Section]:
    fields = [
        build.text("title", bilingual("Plan")),
        build.concepts("category", bilingual("Kind of plan")),
        build.text("description", bilingual("Description")),
        build.references("addresses", bilingual("Because of")),
        build.period("period", bilingual("Period")),
        build.state(),
        build.references("goal", bilingual("Goals")),
        *build.notes(),
    ]
    steps = [_step(build, each) for each in build.each_of("activity")]
    return [build.section(FIRST, fields), build.section(bilingual("What to do"), steps)]


def _step(build: DetailsBuilder, activity: Mapping[str, Any]) -> Field:
    detail = activity.get("detail")
    detail = detail if isinstance(detail, Mapping) else {}
    what = joined([of_concept(detail.get("code")), phrase(detail.get("description"))], by=": ")
    state = step_state_words(detail) or status_words(detail.get("status")) or bilingual("planned")
    untold = MORE_IN_THE_ORIGINAL if detail.keys() - TOLD_OF_STEP else NOTHING
    return Field(what or build.referred(activity.get("reference")), joined([state, untold], by="; "))


def of_goal(build: DetailsBuilder) -> list[Section]:
    targets = [_target(build, each) for each in build.each_of("target")]
    fields = [
        build.concept("description", bilingual("Goal")),
        Field(bilingual("Measured by"), joined(targets, by="; ")),
        build.state(),
        *build.moment("start", bilingual("Since")),
        build.references("addresses", bilingual("Because of")),
        *build.notes(),
    ]
    return [build.section(FIRST, fields)]


def _target(build: DetailsBuilder, target: Mapping[str, Any]) -> BilingualText:
    """What is measured, how much is aimed at, by when. What is aimed at is no age."""
    detail = {name: value for name, value in target.items() if name != "detailRange"}
    aimed_at = [*choice_words(detail, "detail", zone=build.zone), range_words(target.get("detailRange"))]
    due = [bilingual("by %(day)s", day=each) for each in choice_words(target, "due", zone=build.zone)]
    measured = joined(aimed_at)
    return joined([joined([of_concept(target.get("measure")), measured], by=": "), *due])


def of_care_team(build: DetailsBuilder) -> list[Section]:
    fields = [
        build.text("name", bilingual("Team")),
        build.period("period", bilingual("Period")),
        build.state(),
    ]
    members = [
        Field(
            joined([of_concept(role) for role in each.get("role") or []]) or bilingual("Member"),
            build.person(each.get("member")),
        )
        for each in build.each_of("participant")
    ]
    return [build.section(FIRST, fields), build.section(bilingual("Members"), members)]


def of_bill(build: DetailsBuilder) -> list[Section]:
    resource = build.resource
    total = resource.get("total")
    totals = [money_words(each.get("amount")) for each in build.each_of("total")]
    fields = [
        Field(bilingual("Total"), money_words(total) or joined(totals)),
        build.period("billablePeriod", bilingual("For")),
        build.date("created", bilingual("Made")),
        build.reference("provider", bilingual_in("record", "From")),
        build.reference("insurer", bilingual("Insurer")),
        build.state(),
    ]
    items = [Field(of_concept(each.get("productOrService")), _price(each)) for each in build.each_of("item")]
    return [build.section(FIRST, fields), build.section(bilingual("Services"), items)]


def _price(item: Mapping[str, Any]) -> BilingualText:
    paid = [
        money_words(each.get("amount"))
        for each in item.get("adjudication") or []
        if isinstance(each, Mapping) and code_in(each.get("category")).endswith("/line_prvdr_pmt_amt")
    ]
    return money_words(item.get("net")) or joined(paid) or bilingual("no price")
