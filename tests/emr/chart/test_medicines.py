"""The current medicines: each once, with everybody who says so, and no choice made in silence."""

from dataclasses import dataclass

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from emr.chart.rules import reconciled
from foundation.language.bilingual import BilingualText
from tests.emr.chart.pages import box, charted

# The machine may be busy with other things.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ATC = "http://www.whocc.no/atc"


def _words(text: str) -> BilingualText:
    return BilingualText(text, text)


@dataclass(frozen=True)
class Line:
    number: int
    headline: BilingualText
    value: BilingualText
    known_as: str
    told_by: BilingualText
    detail: BilingualText = BilingualText("", "")


LINES = some.lists(
    some.builds(
        Line,
        some.integers(),
        some.sampled_from("ABCD").map(_words),
        some.sampled_from(["1", "2"]).map(_words),
        some.lists(some.sampled_from(["a|1", "a|2", "b|3"]), max_size=2).map(" ".join),
        some.sampled_from(["", "Here", "There"]).map(_words),
    ),
    max_size=12,
    unique_by=lambda line: line.number,
)


def _groups(lines: list[Line]) -> list[list[Line]]:
    return [[each.line for each in medicine.statements] for medicine in reconciled(lines)]


@UNHURRIED
@given(LINES)
def test_everything_that_is_said_stands_once_under_one_medicine(lines):
    stated = [line for group in _groups(lines) for line in group]

    said = {(each.headline, each.value) for each in lines}
    assert sorted((each.headline, each.value) for each in stated) == sorted(said)
    assert all(line in lines for line in stated)


@UNHURRIED
@given(LINES)
def test_lines_of_one_code_or_one_name_stand_together_the_newest_first(lines):
    groups = _groups(lines)

    for number, group in enumerate(groups):
        places = [lines.index(each) for each in group]
        assert places == sorted(places)
        others = [each for other in groups[number + 1 :] for each in other]
        names = {name for each in group for name in (each.headline, *each.known_as.split())}
        assert not [each for each in others if names & {each.headline, *each.known_as.split()}]
    firsts = [lines.index(group[0]) for group in groups]
    assert firsts == sorted(firsts)


@UNHURRIED
@given(LINES)
def test_who_says_the_same_is_named(lines):
    named = {
        (name, each.line.headline, each.line.value)
        for medicine in reconciled(lines)
        for each in medicine.statements
        for name in (each.line.told_by, *each.told_also_by)
        if name.en
    }

    assert named == {(each.told_by, each.headline, each.value) for each in lines if each.told_by.en}


def _prescribed(dose: str, by: str, **elements: object):
    def made(who: str) -> dict:
        return {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "subject": {"reference": who},
            "authoredOn": "2026-05-03",
            "requester": {"display": by},
            "dosageInstruction": [{"text": dose}],
            **elements,
        }

    return made


def _coded(text: str, code: str = "B01AA03") -> dict:
    return {"medicationCodeableConcept": {"text": text, "coding": [{"system": ATC, "code": code}]}}


def test_two_strengths_of_one_medicine_stand_under_one_head_with_their_sources(desk, doctor, as_loader):
    page = charted(
        desk, doctor, as_loader,
        _prescribed("one in the evening", "Dr One", **_coded("Warfarin 5 mg")),
        _prescribed("two in the evening", "Dr Two", **_coded("Варфарин 2,5 мг")),
        _prescribed("one in the morning", "Dr One", **_coded("Aspirin", "B01AC06")),
    )  # fmt: skip

    medicines = box(page, "Current medicines")

    assert medicines.count("One medicine, the sources differ:") == 1
    assert medicines.count("Варфарин 2,5 мг") == medicines.count("Warfarin 5 mg") == 1
    for words in (
        "Warfarin 5 mg",
        "one in the evening",
        "Dr One",
        "Варфарин 2,5 мг",
        "two in the evening",
        "Dr Two",
    ):
        assert words in medicines
    assert "Aspirin : one in the morning 03/05/2026" in medicines.replace("  ", " ")


def test_two_doses_of_one_name_stand_under_it(desk, doctor, as_loader):
    page = charted(
        desk, doctor, as_loader,
        _prescribed("one a day", "Dr One", **_coded("Warfarin")),
        _prescribed("two a day", "Dr One", **_coded("Warfarin")),
    )  # fmt: skip

    medicines = box(page, "Current medicines")

    assert "Warfarin : the sources differ" in medicines
    assert "one a day" in medicines
    assert "two a day" in medicines


def test_the_same_from_two_sources_stands_once_with_both(desk, doctor, as_loader):
    page = charted(
        desk, doctor, as_loader,
        *(_prescribed("one a day", by, **_coded("Warfarin")) for by in ("Dr One", "Dr Two", "Dr Two")),
    )  # fmt: skip

    medicines = box(page, "Current medicines")

    assert medicines.count("Warfarin") == 1
    assert (medicines.count("Dr One"), medicines.count("Dr Two")) == (1, 1)


def test_a_group_of_medicines_makes_no_two_of_them_one(desk, doctor, as_loader):
    page = charted(
        desk, doctor, as_loader,
        _prescribed("one a day", "Dr One", **_coded("Amoxicillin", "J01CA")),
        _prescribed("one a day", "Dr One", **_coded("Ampicillin", "J01CA")),
    )  # fmt: skip

    assert "the sources differ" not in box(page, "Current medicines")


def test_a_medicine_whose_period_has_ended_is_not_current_and_its_end_is_told(desk, doctor, as_loader):
    repeat = {"boundsPeriod": {"start": "2020-01-01", "end": "2024-05-03"}}
    ended = {**_coded("Penicillin", "J01CE01"), "dosageInstruction": [{"timing": {"repeat": repeat}}]}
    page = charted(
        desk, doctor, as_loader,
        _prescribed("", "Dr One", **ended),
        _prescribed("one a day", "Dr One", **_coded("Warfarin")),
    )  # fmt: skip

    medicines, record = box(page, "Current medicines"), page.split('id="record"')[1]

    assert "Warfarin" in medicines
    assert "Penicillin" not in medicines
    assert "1 January 2020 to 3 May 2024" in record


def test_a_problem_that_a_later_entry_resolves_leads_to_that_entry(desk, doctor, as_loader):
    def gout(status: str, recorded: str):
        return lambda who: {
            "resourceType": "Condition",
            "subject": {"reference": who},
            "code": {"text": "Gout", "coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "M10"}]},
            "clinicalStatus": {"coding": [{"code": status}]},
            "recordedDate": recorded,
        }

    page = charted(desk, doctor, as_loader, gout("active", "2020-01-01"), gout("resolved", "2024-05-03"))

    assert "Gout" not in box(page, "Active problems")
    record = page.split('id="record"')[1]
    resolved, active = (each.split('"')[0] for each in record.split('href="/emr/entries/')[1:3])
    assert "(resolved, as the entry of 3 May 2024 says)" in record
    entry = desk.get(f"/emr/entries/{active}").text
    assert f'<a href="/emr/entries/{resolved}">The entry that says so</a>' in entry
