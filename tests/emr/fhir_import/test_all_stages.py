"""Every official example of R4, and everything else that is right, goes through every stage: in, listed, shown, out again."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from emr.entries.tables.entries import Entry
from emr.fhir_import.validation.references import SUBJECTS
from foundation.clock import now
from foundation.identifiers import new_id
from identity.access.enumerations import CareBasis
from identity.access.tables import CareRelation
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, line_of, patient_resource

# Fewer than what one account may open in a minute.
PATIENTS_A_DOCTOR = 30
# A record of thousands has its own test; here its pages are looked at in part.
ENTRIES_A_PATIENT = 12
# Why what is right may be left out: it tells of nobody, or of nobody by an address or an identifier.
# Or it tells of another person under the same number than another example does.
TRUE_REASONS = (
    "tells of the same patient",
    "does not say to whose record it belongs",
    "belongs to no record",
    "waits for a person to decide",
)
# These tell of a patient within themselves, who is nobody whom the register knows, or of what is not among the examples.
OF_NOBODY = frozenset({
    "Observation-1minute-apgar-score.json", "Observation-2minute-apgar-score.json", "Provenance-example.json",
    "Provenance-example-cwl.json",
})  # fmt: skip
# In a bundle that shows how references are resolved.
ELSEWHERE = ("http://example.org/fhir-2/Patient/1", "http://example.org/fhir-2/Patient/23")
# Of the server's files these are wrong on purpose, or delete.
WRONG = frozenset({
    "Bundle-InvalidBundleType.json", "Bundle-Transaction.json", "ObservationWithInvalidStatus.json",
    "ObservationWithNoCode.json", "PatientWithUnknownElements.json",
    # A time without an offset, and an appointment whose participant has no status.
    "Patient.json", "Patient.xml", "SmartPatientA.json",
    # A template, whose identifiers are not filled in.
    "Import-Patient.ndjson",
})  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "taken_at_least"),
    [
        ("hl7_r4_examples", 150),
        ("au_test_data", 190),
        ("validator_valid", 9),
        ("ips", 40),
        ("ms_fhir_server", 3),
    ],
)
def test_what_is_right_passes_every_stage(
    run, visit, shared_data, tmp_path, as_loader, folder, taken_at_least
):
    files = [each for each in sorted((shared_data / "fhir" / folder).iterdir()) if each.name not in WRONG]
    (tmp_path / "missing.json").write_bytes(as_bytes(_patients_not_among(files)))
    began, sender = now(), f"urn:test:{uuid4()}"

    result = run("import-fhir", "--source", sender, "--facility", visit.facility_code, tmp_path, *files)

    account = line_of(result)
    faults = [
        each
        for each in account["refused"]
        if not any(why in each["why"] for why in TRUE_REASONS) and Path(each["file"]).name not in OF_NOBODY
    ]
    assert faults == []
    assert sum(account["stored"].values()) + sum(account["unchanged"].values()) >= taken_at_least
    visit.everything(as_loader, began)


def test_what_is_wrong_is_refused_with_its_place(run, shared_data):
    for name in sorted(WRONG - {"Patient.xml"}):
        account = line_of(run("import-fhir", shared_data / "fhir" / "ms_fhir_server" / name))

        assert account["refused"], name
        assert all(each["where"] not in ("", "file") for each in account["refused"]), name
        assert account["stored"] == {}, name


def _patients_not_among(files: list[Path]) -> dict[str, object]:
    """The patients of whom the examples tell, but who are not among them: of most nothing is known but their address."""
    resources = [value for file in files if (value := _value(file))]
    brought = {f"{each['resourceType']}/{each.get('id')}" for each in resources}
    entries = []
    told_of = {each for resource in resources for each in _subjects(resource)} | set(ELSEWHERE)
    for written in sorted(told_of - brought):
        *_, kind, identifier = ["", *written.split("/")]
        if kind == "Patient":
            entries.append({"resource": {"resourceType": "Patient", "id": identifier}, "fullUrl": written})
    medicare = {"system": "http://ns.electronichealth.net.au/id/medicare-number", "value": "49516512111"}
    entries.append(entry(patient_resource() | {"identifier": [medicare]}))
    return bundle(*entries, kind="collection")


def _subjects(resource: dict[str, object]) -> Iterator[str]:
    for name in SUBJECTS:
        subject = resource.get(name)
        if isinstance(subject, dict) and isinstance(subject.get("reference"), str):
            yield subject["reference"]


def _value(file: Path) -> dict[str, object] | None:
    if file.suffix != ".json":
        return None
    value = json.loads(file.read_text(encoding="utf-8-sig"))
    return value if "resourceType" in value else None


class Visit:
    """A doctor and each patient look at every page of a record, and take it away."""

    def __init__(self, people, client_for, facility_code, facility_id):
        self.facility_code = facility_code
        self._people, self._client_for, self._facility_id = people, client_for, facility_id

    def everything(self, as_loader, began):
        with as_loader() as session:
            rows = session.execute(
                select(Entry.patient_id, Entry.id).where(Entry.created_at >= began).order_by(Entry.id)
            ).all()
        records = {}
        for patient_id, entry_id in rows:
            records.setdefault(patient_id, []).append(entry_id)
        assert records
        doctor = self._people.doctor(facility_id=self._facility_id)
        citizen = self._people.patient()
        with as_loader() as session:
            # The treating doctor's: some of it is labelled.
            for patient_id in records:
                session.add(
                    CareRelation(
                        patient_id=patient_id,
                        facility_id=self._facility_id,
                        basis=CareBasis.TEAM,
                        staff_id=doctor.id,
                    )
                )
        desk = None
        for number, (patient_id, entries) in enumerate(records.items()):
            if number % PATIENTS_A_DOCTOR == 0:
                desk = self._client_for(replace(doctor.actor, account_id=new_id()))
            home = self._client_for(replace(citizen.actor, account_id=new_id(), patient_id=patient_id))
            self._look(desk, home, patient_id, entries[:ENTRIES_A_PATIENT])

    def _look(self, desk, home, patient_id, entries):
        pages = [(desk, f"/emr/patients/{patient_id}"), (home, "/my"), (home, "/my/timeline?kind=all")]
        pages += [(desk, f"/emr/entries/{each}") for each in entries]
        pages += [(home, f"/my/timeline/{each}") for each in entries]
        for number, (browser, address) in enumerate(pages):
            browser.set_cookie("language", ("en", "ru")[number % 2])
            assert browser.get(address).status_code == 200, address
        for address in (f"/fhir/Patient/{patient_id}/$everything", "/my/record.json"):
            answer = home.get(address)
            assert answer.status_code == 200, address
            assert json.loads(answer.data)["resourceType"] == "Bundle"


@pytest.fixture
def visit(people, client_for):
    code = f"V-{uuid4().hex[:8]}"
    return Visit(people, client_for, code, people.facility(code))
