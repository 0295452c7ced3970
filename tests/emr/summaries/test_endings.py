"""What is over, by its own period or by a later entry, does not count today, and it is said which entry says so."""

from datetime import date, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from emr.summaries.rules.endings import ending_of, endings_in
from emr.summaries.rules.standing import in_force, in_force_until
from emr.summaries.rules.summary import summary_of

# The machine may be busy with other things.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ICD = "http://hl7.org/fhir/sid/icd-10"
OTHER = UUID(int=7)
_numbers = count(1)


def _gout(status: str = "active", code: str = "M10.0", **elements: object) -> dict:
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": status}]},
        "code": {"coding": [{"system": ICD, "code": code}], "text": f"Gout {next(_numbers)}"},
        **elements,
    }


ACTIVE = {"onsetDateTime": "2019-05", "recordedDate": "2019-06-01"}


@pytest.mark.parametrize(
    ("later", "over"),
    [
        (_gout("resolved", recordedDate="2024-05-03"), True),
        (_gout("inactive", recordedDate="2024-05-03"), True),
        (_gout("remission", recordedDate="2024"), True),
        (_gout(abatementDateTime="2024-05-03"), True),
        (_gout(abatementString="after the operation", recordedDate="2024-05-03"), True),
        # Begun and ended: its recordedDate is that of its first version.
        (_gout("resolved", recordedDate="2018-01-01", abatementDateTime="2024-05-03"), True),
        (_gout("active", verificationStatus={"coding": [{"code": "refuted"}]}, recordedDate="2024"), True),
        (_gout("active", recordedDate="2024-05-03"), False),
        (_gout("resolved", code="E11", recordedDate="2024-05-03"), False),
        # Earlier, at the same time, or nobody knows when.
        (_gout("resolved", recordedDate="2018-05-03"), False),
        (_gout("resolved", recordedDate="2019-06"), False),
        (_gout("resolved"), False),
        # What began after the end is another episode.
        (_gout("resolved", abatementDateTime="2019-04", recordedDate="2024-05-03"), False),
        (
            _gout(
                "resolved", recordedDate="2024", verificationStatus={"coding": [{"code": "entered-in-error"}]}
            ),
            False,
        ),
        (_gout("resolved", recordedDate="2024", modifierExtension=[{"url": "urn:x"}]), False),
    ],
)
def test_a_problem_is_over_when_a_later_entry_says_so(later, over):
    facts = summary_of(_gout(**ACTIVE), endings=endings_in([(OTHER, later)])).facts

    assert (facts.active, facts.ended_by) == ((False, str(OTHER)) if over else (True, ""))
    assert ("as the entry of" in facts.state.en) is over


def test_the_line_names_the_day_of_the_entry_in_both_languages():
    later = _gout("resolved", recordedDate="2024-05-03")

    state = summary_of(_gout(**ACTIVE), endings=endings_in([(OTHER, later)])).facts.state

    assert state.en == "resolved, as the entry of 3 May 2024 says"
    assert state.ru.endswith(", по записи от 3 мая 2024\u00a0г.")


def test_a_diagnosis_of_a_note_is_over_too():
    note = {
        "resourceType": "Composition",
        "date": "2019-06-01T09:00:00+05:00",
        "contained": [_gout(), _gout(code="E11")],
    }

    [problem] = summary_of(
        note, endings=endings_in([(OTHER, _gout("resolved", recordedDate="2024"))])
    ).facts.problems

    assert problem.en.startswith("E11")


DAYS = some.dates(date(2000, 1, 1), date(2026, 1, 1))


@UNHURRIED
@given(DAYS, DAYS, some.booleans())
def test_no_entry_ends_what_was_written_down_on_its_day_or_later(stated, ended, abated):
    how = {"abatementDateTime": f"{ended}"} if abated else {"recordedDate": f"{ended}"}
    endings = endings_in([(OTHER, _gout("resolved", **how))])

    over = ending_of(_gout(recordedDate=f"{stated}"), endings)

    assert (over is not None) is (ended > stated)


def _medicine(resource_type: str = "MedicationStatement", **elements: object) -> dict:
    return {
        "resourceType": resource_type,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "Warfarin"},
        **elements,
    }


def _dosage(end: str | None) -> dict:
    return {"timing": {"repeat": {"boundsPeriod": {"start": "2020-01-01", "end": end}} if end else {}}}


@pytest.mark.parametrize(
    ("elements", "until"),
    [
        ({"effectivePeriod": {"start": "2020", "end": "2024-02"}}, "2024-02-29"),
        ({"effectivePeriod": {"start": "2020", "end": "2024"}}, "2024-12-31"),
        ({"effectivePeriod": {"start": "2020", "end": "2024-05-03T23:30:00+05:00"}}, "2024-05-03"),
        ({"effectivePeriod": {"start": "2020"}}, ""),
        ({"effectiveDateTime": "2020"}, ""),
        ({"dosage": [_dosage("2024-05-03"), _dosage("2024-06")]}, "2024-06-30"),
        ({"dosage": [_dosage("2024-05-03"), _dosage(None)]}, ""),
        ({"dosage": [_dosage("2025")], "effectivePeriod": {"end": "2024-05-03"}}, "2024-05-03"),
        ({"dosage": [{"timing": {"repeat": {"boundsDuration": {"value": 7, "unit": "d"}}}}]}, ""),
        ({"effectivePeriod": {"end": "soon"}, "dosage": ["?"]}, ""),
    ],
)
def test_a_medicine_is_taken_until_its_period_or_those_of_all_its_dosages_end(elements, until):
    facts = summary_of(_medicine(**elements)).facts

    assert facts.until == until
    assert facts.active


def test_the_end_of_a_medicine_is_told_once():
    by_period = summary_of(_medicine(effectivePeriod={"end": "2024-05-03"})).facts
    by_dosage = summary_of(_medicine("MedicationRequest", dosageInstruction=[_dosage("2024-05-03")])).facts

    assert by_period.detail == ("until 3 May 2024", "до 3 мая 2024\u00a0г.")
    assert (by_dosage.value.en, by_dosage.detail.en) == ("1 January 2020 to 3 May 2024", "")


@UNHURRIED
@given(DAYS, some.integers(-400, 400))
def test_a_medicine_is_current_up_to_its_last_day_and_no_longer(end, later):
    until = in_force_until(_medicine(effectivePeriod={"end": f"{end}"}))

    assert in_force(active=True, until=until, on=end + timedelta(days=later)) is (later <= 0)
    assert not in_force(active=False, until=until, on=end)


@pytest.mark.parametrize(
    ("end", "told"), [("2031", "2031"), ("2031-05", "May 2031"), ("2031-05-03T23:30:00-11:00", "3 May 2031")]
)
def test_an_end_is_told_as_far_as_it_is_known(end, told):
    line = summary_of(_medicine(effectivePeriod={"end": end})).facts

    assert line.detail.en == f"until {told}"
