"""A birth of which the year or the month alone is known: taken in, told and given on as it came, and no proof of anybody."""

from uuid import uuid4

import pytest

from emr.exports.queries import record_in_fhir
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from emr.timeline.queries.timeline import timeline_of
from identity.patients.queries.patients import known_patient, patient_card
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, patient_resource
from tests.pages import filled

CLINIC = "https://clinic.example/ids"


@pytest.fixture
def take(as_loader, doctor):
    """Takes in what a source says of a patient's birth; the patient."""

    def taken(born: str, number: str, **changes):
        person = patient_resource(number, birthDate=born, **changes)
        content = as_bytes(bundle(entry(person)))
        with as_loader() as session:
            import_bundle(session, read_bundle(content, source="urn:x"), facility_id=doctor.facility_id)
            return known_patient(session, system=CLINIC, value=number)

    return taken


def test_the_case_of_others_is_taken_in_and_told_as_it_came(as_loader, as_actor, doctor, desk, shared_cases):
    content = (shared_cases / "partial-dates" / "year_only_birth.json").read_bytes()
    with as_loader() as session:
        import_bundle(session, read_bundle(content, source="urn:x"), facility_id=doctor.facility_id)
        patient_id = known_patient(session, system="urn:example:mrn", value="YB-1")

    with as_actor(doctor.actor) as session:
        [line] = [each for each in timeline_of(session, patient_id).lines if "колена" in each.headline.en]
        [exported] = [
            each for each in record_in_fhir(session, patient_id) if each["resourceType"] == "Patient"
        ]
    assert line.precision == "year"
    assert exported["birthDate"] == "1961"
    chart = desk.get(f"/emr/patients/{patient_id}").text
    assert "born 1961 ·" in chart
    assert "1 January" not in chart
    assert "01/01/" not in chart


@pytest.mark.parametrize(
    ("born", "told"), [("1961", "1961"), ("1961-05", "May 1961"), ("1961-05-03", "3 May 1961")]
)
def test_every_list_tells_of_a_birth_what_is_known(take, desk, born, told):
    family = f"Known{uuid4().hex[:6]}".translate(str.maketrans("0123456789", "ghijklmnop"))
    take(born, f"{uuid4()}", name=[{"family": family, "given": ["Anna"]}])

    found = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=family), follow_redirects=True)

    assert f"<span>{told}</span></td>" in found.text


def test_a_later_sender_who_knows_the_day_tells_it_to_the_register(take, as_loader):
    number = f"{uuid4()}"
    births = []
    for told in ("1961", "1961-05-03", "1961-05", "1961"):
        patient_id = take(told, number)
        with as_loader() as session:
            births.append(str(patient_card(session, patient_id).birth))

    assert births == ["1961", "1961-05-03", "1961-05-03", "1961-05-03"]


@pytest.mark.parametrize(
    ("known", "told"), [("1961", "1962"), ("1961-05", "1961-06-01"), ("1961-05-03", "1960")]
)
def test_a_birth_that_contradicts_what_is_known_is_refused(take, known, told):
    number = f"{uuid4()}"
    take(known, number)

    with pytest.raises(BundleRefused, match="birthDate"):
        take(told, number)


@pytest.mark.parametrize("born", ["", "61", "1961-13", "1961-02-30"])
def test_what_is_no_date_of_birth_is_refused_with_its_place(take, born):
    with pytest.raises(BundleRefused, match="birthDate"):
        take(born, f"{uuid4()}")


def test_what_an_integrator_sends_with_a_partial_birth_is_taken_in(as_loader, shared_cases):
    content = (shared_cases / "fhir-input-kinds" / "07_partial_birthdate.json").read_bytes()

    with as_loader() as session:
        taken = import_bundle(session, read_bundle(content, source="urn:x"))

    assert (taken.stored + taken.unchanged)["Patient"] == 1
    assert taken.refused == []
