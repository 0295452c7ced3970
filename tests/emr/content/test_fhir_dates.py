"""When something happened, by whichever of its elements says so."""

from datetime import timedelta, timezone

import pytest
from fhir.resources.R4B import get_fhir_model_class

from emr.content.rules.fhir_dates import happened
from emr.entries.rules.kinds import KIND_OF_TYPE
from foundation.language.dates import Precision

ORENBURG = timezone(timedelta(hours=5))
# The end of an illness, a value that is a date, the years of somebody else's life, until when a vaccine is good.
NOT_WHEN_IT_HAPPENED = {
    "abatementDateTime", "abatementPeriod", "valueDateTime", "valuePeriod", "bornPeriod", "bornDate", "deceasedDate",
    "expirationDate",
}  # fmt: skip
IN_FORMS = {
    "PeriodType": [{"start": "2019-05"}, {"end": "2019-05"}],
    "TimingType": [{"event": ["2019-05"]}],
    "DateTime(": ["2019-05"],
    "Date(": ["2019-05"],
    "Instant(": ["2019-05"],
}


def _dates_of(resource_type: str) -> list[tuple[str, object]]:
    told = []
    for name, field in get_fhir_model_class(resource_type).model_fields.items():
        kind = next((each for each in IN_FORMS if each in str(field.annotation)), None)
        if kind and "Ext" not in name and name not in NOT_WHEN_IT_HAPPENED:
            told += [(field.alias or name, each) for each in IN_FORMS[kind]]
    return told


def test_the_dates_of_the_types_are_found():
    assert sum(len(_dates_of(each)) for each in KIND_OF_TYPE) > 90


@pytest.mark.parametrize("resource_type", KIND_OF_TYPE)
def test_no_date_that_a_type_can_tell_is_overlooked(resource_type):
    told = {
        f"{name}: {value}": happened({"resourceType": resource_type, name: value}, zone=ORENBURG)
        for name, value in _dates_of(resource_type)
        if not name.startswith("_")
    }

    assert [
        each for each, when in told.items() if when is None or when.precision is not Precision.MONTH
    ] == []


@pytest.mark.parametrize("resource_type", ["FamilyMemberHistory", "Observation", "Condition"])
def test_the_day_on_which_a_machine_touched_it_is_no_date_of_what_happened(resource_type):
    resource = {"resourceType": resource_type, "meta": {"lastUpdated": "2026-05-03T10:00:00Z"}}

    assert happened(resource, zone=ORENBURG) is None


@pytest.mark.parametrize("resource_type", ["ServiceRequest", "DeviceRequest", "CommunicationRequest"])
def test_an_order_stands_under_the_day_on_which_it_was_given(resource_type):
    order = {"resourceType": resource_type, "authoredOn": "2026-05-03", "occurrenceDateTime": "2027-01-01"}

    assert f"{happened(order, zone=ORENBURG).at:%Y}" == "2026"


def test_an_appointment_stands_under_its_own_day_and_not_the_one_on_which_it_was_made():
    appointment = {"resourceType": "Appointment", "created": "2026-01-01", "start": "2026-05-03T10:00:00Z"}

    assert f"{happened(appointment, zone=ORENBURG).at:%m}" == "05"


def test_a_second_that_was_put_in_is_a_moment_too():
    observation = {"resourceType": "Observation", "effectiveDateTime": "2016-12-31T23:59:60Z"}

    assert f"{happened(observation, zone=ORENBURG).at:%Y-%m-%d %H:%M}" == "2016-12-31 23:59"
