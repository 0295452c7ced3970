"""A medicine of the directory labels what refers to it, and an entry the bytes that it holds, whichever came first."""

import pytest
from sqlalchemy import text

from emr.details.queries.entries import entry_to_read
from emr.fhir_import.queries import known
from emr.sensitivity.actions import relabel
from foundation.errors import NotFound
from migrations import labelled
from migrations.labelled import medicines_of, names_medicines
from migrations.labels import ATC, ICD10
from tests.emr.fhir_import.factories import entry
from tests.emr.sensitivity.test_labels import TABLES, everywhere, restrictions
from tests.verifying import broken_summaries

WORDS = {
    "MedicationRequest": {"status": "active", "intent": "order", "authoredOn": "2024-06-01"},
    "MedicationStatement": {"status": "active", "effectiveDateTime": "2024-06-01"},
    "MedicationDispense": {"status": "completed", "whenHandedOver": "2024-06-01"},
    "MedicationAdministration": {"status": "completed", "effectiveDateTime": "2024-06-01"},
}


def medicine(sender, code="N07BC02", words="Methadone"):
    coding = {"system": ATC, "code": code, "display": words}
    resource = {"resourceType": "Medication", "code": {"coding": [coding], "text": words}}
    return entry(resource, f"{sender}/Medication/1")


def order(sender, resource_type="MedicationRequest", **changes):
    """Names its medicine by a reference alone."""
    resource = {
        "resourceType": resource_type,
        "subject": {"reference": f"{sender}/Patient/1"},
        **WORDS.get(resource_type, {}),
        **(changes or {"medicationReference": {"reference": f"{sender}/Medication/1"}}),
    }
    return entry(resource, f"{sender}/{resource_type}/1")


def letter(sender, code=None, number=1):
    """A document of an illness whose bytes are a resource of their own."""
    resource = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": f"{sender}/Patient/1"},
        "date": "2024-04-01T09:00:00Z",
        "content": [{"attachment": {"contentType": "text/plain", "url": f"{sender}/Binary/1"}}],
    }
    if code:
        resource["context"] = {"event": [{"coding": [{"system": ICD10, "code": code}]}]}
    return entry(resource, f"{sender}/DocumentReference/{number}")


def data(sender, content="SDcgbGV0dGVyIGJvZHk="):
    return entry(
        {
            "resourceType": "Binary",
            "contentType": "text/plain",
            "data": content,
            "securityContext": {"reference": f"{sender}/Patient/1"},
        },
        f"{sender}/Binary/1",
    )


def open_to(as_actor, reader, entry_id):
    with as_actor(reader.actor) as session:
        try:
            return bool(entry_to_read(session, entry_id))
        except NotFound:
            return False


@pytest.mark.parametrize("first", ["the medicine", "what refers to it"])
@pytest.mark.parametrize("resource_type", WORDS)
def test_a_medicine_of_the_directory_labels_what_names_it(arrives, engines, sender, first, resource_type):
    both = [medicine(sender), order(sender, resource_type)]

    [entry_id] = arrives(*(both if first == "the medicine" else reversed(both)))[resource_type]

    assert restrictions(engines, entry_id) == everywhere(["ETH"])


def test_any_reference_to_a_medicine_labels(arrives, engines, sender):
    used = {"status": "completed", "code": {"text": "x"}, "performedDateTime": "2024-06-01",
            "usedReference": [{"reference": f"{sender}/Medication/1"}]}  # fmt: skip

    [entry_id] = arrives(medicine(sender), order(sender, "Procedure", **used))["Procedure"]

    assert restrictions(engines, entry_id) == everywhere(["ETH"])


def test_a_medicine_that_labels_nothing_leaves_what_names_it_open(arrives, engines, sender):
    [entry_id] = arrives(medicine(sender, "A10BA02", "Metformin"), order(sender))["MedicationRequest"]

    assert restrictions(engines, entry_id) == everywhere(None)


def test_what_is_told_of_a_medicine_later_labels_what_names_it(
    arrives, engines, sender, people, as_actor, clinic
):
    [entry_id] = arrives(medicine(sender, "A10BA02", "Metformin"), order(sender))["MedicationRequest"]
    stranger = people.doctor(facility_id=clinic)
    assert open_to(as_actor, stranger, entry_id)

    arrives(medicine(sender))

    assert restrictions(engines, entry_id) == everywhere(["ETH"])
    assert not open_to(as_actor, stranger, entry_id)


@pytest.mark.parametrize("code", ["A10BB01", "N07BC02"])
def test_the_lines_of_what_names_a_medicine_say_what_it_is_called_now(
    arrives, as_loader, engines, sender, code
):
    arrived = arrives(medicine(sender, "A10BA02", "Metformin"), order(sender))

    arrives(medicine(sender, code, "Glibenclamide"))

    [entry_id] = arrived["MedicationRequest"]
    with engines["administrator"].begin() as connection:
        told = connection.execute(
            text(
                "SELECT facts->'headline'->>0, facts->>'code' FROM emr.entry_summary WHERE entry_id = :entry"
            ),
            {"entry": entry_id},
        ).one()
    assert tuple(told) == ("Glibenclamide", code)
    with as_loader() as session:
        assert not [each for each in broken_summaries(session)[1] if each["entry"] == str(entry_id)]


def test_a_change_of_a_medicine_is_news_to_nobody_whose_record_did_not_change(arrives, engines, sender):
    arrives(medicine(sender, "A10BA02", "Metformin"), order(sender))
    count = "SELECT count(*) FROM foundation.outbox_message"
    with engines["administrator"].begin() as connection:
        before = connection.scalar(text(count))

    arrives(medicine(sender, "A10BA02", "Metformin hydrochloride"))

    with engines["administrator"].begin() as connection:
        assert connection.scalar(text(count)) == before


def test_an_import_asks_for_medicines_as_the_index_has_them():
    assert known.MEDICINES == labelled.MEDICINES


def test_the_entries_that_name_a_medicine_are_found_by_an_index(engines):
    with engines["administrator"].begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        asked = (
            f"{names_medicines('content')} AND {medicines_of('content')} @> jsonb_build_array('Medication/1')"
        )
        plan = connection.execute(text(f"EXPLAIN SELECT FROM emr.entry_version WHERE {asked}")).scalars()
        assert any("ix_entry_version_medicines" in line for line in plan)


@pytest.mark.parametrize("first", ["what holds them", "the bytes", "the bytes, in a bundle of their own"])
def test_bytes_are_restricted_as_what_holds_them(arrives, engines, sender, people, as_actor, clinic, first):
    both = [letter(sender, "F32.1"), data(sender)]
    if first == "the bytes, in a bundle of their own":
        arrives(data(sender), letter(sender, number=2))
        both = [letter(sender, "F32.1")]

    [entry_id] = arrives(*(reversed(both) if first == "the bytes" else both))["Binary"]

    assert restrictions(engines, entry_id) == everywhere(["PSY"])
    assert not open_to(as_actor, people.doctor(facility_id=clinic), entry_id)


def test_bytes_that_came_after_what_holds_them_are_restricted(arrives, engines, sender):
    arrives(letter(sender, "F32.1"), data(sender))

    [entry_id, _] = arrives(data(sender, "SDg="))["Binary"]

    assert restrictions(engines, entry_id) == everywhere(["PSY"], versions=2)


def test_bytes_that_several_hold_are_restricted_by_each(arrives, engines, sender):
    arrives(letter(sender, "F32.1"), data(sender))

    [entry_id] = arrives(letter(sender, "B23", number=2), letter(sender, "J20.9", number=3))["Binary"]

    assert restrictions(engines, entry_id) == everywhere(["HIV", "PSY"])


def test_bytes_of_what_has_no_label_stay_open(arrives, engines, sender):
    [entry_id] = arrives(letter(sender, "J20.9"), data(sender))["Binary"]

    assert restrictions(engines, entry_id) == everywhere(None)


def test_an_address_of_what_is_no_document_restricts_nothing(arrives, engines, sender):
    """An allergy above all: one that nobody sees may kill."""
    allergy = {
        "resourceType": "AllergyIntolerance",
        "code": {"text": "Пенициллин"},
        "patient": {"reference": f"{sender}/Patient/1"},
        "extension": [
            {"url": "urn:x:used", "valueReference": {"reference": f"{sender}/Medication/1"}},
        ],
    }
    arrived = arrives(medicine(sender), entry(allergy, f"{sender}/AllergyIntolerance/1"))
    [entry_id] = arrived["AllergyIntolerance"]
    holder = letter(sender, "F32.1")
    holder["resource"]["content"][0]["attachment"]["url"] = f"Binary/{entry_id}"

    arrives(medicine(sender, words="Methadone hydrochloride"), holder)

    assert restrictions(engines, entry_id) == everywhere(None)


@pytest.mark.parametrize("turned", [False, True])
def test_labelling_anew_tells_the_same(arrives, as_loader, engines, sender, turned):
    everything = [medicine(sender), order(sender), letter(sender, "F32.1"), data(sender)]
    told = arrives(*(reversed(everything) if turned else everything))
    ids = [each for listed in told.values() for each in listed]
    before = {each: restrictions(engines, each) for each in ids}
    with engines["administrator"].begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in TABLES:
            connection.execute(text(f"UPDATE emr.{table.__tablename__} SET restrictions = NULL"))

    with as_loader() as session:
        relabel(session)

    assert {each: restrictions(engines, each) for each in ids} == before
    labelled = sorted(each for told in before.values() for each in told["entry"] if each)
    assert labelled == [["ETH"], ["PSY"], ["PSY"]]
