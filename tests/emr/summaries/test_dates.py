"""How much of a date is known goes from the file to every page: a year is no first of January, and no date is not today."""

import pytest

from emr.details.queries.entries import entry_to_read
from emr.timeline.queries.timeline import timeline_of
from foundation.clock import now
from foundation.language.translation import day, day_short
from tests.emr.fhir_import.factories import imported_patient, person_with

UNDATED = "a condition without a date"


def condition(**changes):
    return lambda who: {
        "resourceType": "Condition",
        "subject": {"reference": who},
        "code": {"text": UNDATED},
        **changes,
    }


@pytest.fixture
def imported(as_loader, doctor, desk, client_for, patient):
    """The pages of a new patient with these conditions: the chart, the record, and the entry for both readers."""

    def pages(*conditions, language="en"):
        patient_id = imported_patient(as_loader, person_with(*conditions), facility_id=doctor.facility_id)
        citizen = client_for(type(patient.actor)(**{**_fields(patient.actor), "patient_id": patient_id}))
        for each in (desk, citizen):
            each.set_cookie("language", language)
        with as_loader() as session:
            lines = timeline_of(session, patient_id).lines
        addresses = [(desk, f"/emr/patients/{patient_id}"), (citizen, "/my/timeline")]
        for line in lines:
            addresses += [(desk, f"/emr/entries/{line.entry_id}"), (citizen, f"/my/timeline/{line.entry_id}")]
        return [_main(browser.get(address).text) for browser, address in addresses]

    return pages


def _fields(actor):
    return {name: getattr(actor, name) for name in type(actor).__dataclass_fields__}


def _main(page):
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("written", "language", "told", "not_told"),
    [
        ("2019", "en", "2019", ["January", "01/01/2019"]),
        ("2019", "ru", "2019\u00a0г.", ["января", "01.01.2019"]),
        ("2019-05", "en", "May 2019", ["1 May 2019", "01/05/2019"]),
        ("2019-05", "ru", "ай 2019\u00a0г.", ["1 мая 2019", "01.05.2019"]),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known_on_every_page(imported, written, language, told, not_told):
    for page in imported(condition(onsetDateTime=written), language=language):
        assert told in page
        assert [words for words in not_told if words in page] == []


def test_what_has_no_date_is_told_so_and_stands_last(imported):
    chart, record, *entries = imported(condition(), condition(code={"text": "dated"}, onsetDateTime="1961"))

    assert "date unknown" in chart
    assert record.index("dated") < record.index("Date unknown") < record.index(UNDATED)
    assert any("date unknown" in page for page in entries)
    # Around the entries stands the day on which the page is printed.
    for today in (day(now()), day_short(now())):
        assert today not in record.partition("<form")[2].partition("Download")[0]
    assert "1800" not in "".join([chart, record, *entries])


def test_a_condition_that_knows_an_age_alone_is_told_with_it(imported):
    age = {"value": 12, "unit": "a", "system": "http://unitsofmeasure.org", "code": "a"}

    chart, record, *entries = imported(condition(onsetAge=age))

    assert all("at the age of 12" in page for page in (chart, record, *entries))


def test_an_entry_knows_what_is_known_of_its_date(as_loader, doctor):
    value = person_with(condition(onsetDateTime="2019-05"))
    patient_id = imported_patient(as_loader, value, facility_id=doctor.facility_id)

    with as_loader() as session:
        [line] = timeline_of(session, patient_id).lines
        assert (line.precision, entry_to_read(session, line.entry_id).precision) == ("month", "month")
