"""A sender whose bundles tell of one patient."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from emr.entries.tables.entries import EntryVersion
from tests.emr.fhir_import.factories import bundle, entry, imported_patient, patient_resource


@pytest.fixture
def sender():
    return f"https://{uuid4()}.example"


@pytest.fixture
def person(sender):
    """The entry of a bundle that says of whom it is."""
    return entry(patient_resource(), f"{sender}/Patient/1")


@pytest.fixture
def clinic(people):
    return people.facility()


@pytest.fixture
def arrives(as_loader, clinic, person):
    """`arrives(*entries)`: a bundle of the sender about the patient; returns the entries of all versions, by type."""

    def came(*entries):
        patient_id = imported_patient(as_loader, bundle(person, *entries), facility_id=clinic)
        told: dict[str, list[UUID]] = {}
        with as_loader() as session:
            for each in session.scalars(select(EntryVersion).where(EntryVersion.patient_id == patient_id)):
                told.setdefault(each.content["resourceType"], []).append(each.entry_id)
        return told

    return came
