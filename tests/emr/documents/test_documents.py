"""The documents of an entry: listed with type and size, opened by who may read the entry, and never able to act."""

import base64
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from emr.entries.tables.entries import Entry
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from foundation.audit import AuditEvent
from identity.patients.queries.patients import known_patient
from identity.people.rules.snils import SNILS_SYSTEM
from tests.emr.fhir_import.factories import bundle, entry, imported_patient, patient_resource

PDF = b"%PDF-1.7 a letter"


@pytest.fixture
def letter(as_loader, people):
    """`letter(attachment, *entries)`: an imported entry with that document, its doctor, and its patient as a citizen."""

    def made(attachment, *beside, **changes):
        doctor, who = people.doctor(), f"urn:uuid:{uuid4()}"
        resource = {
            "resourceType": "DocumentReference",
            "status": "current",
            "subject": {"reference": who},
            "content": [{"attachment": attachment}],
            **changes,
        }
        value = bundle(entry(patient_resource(), who), entry(resource), *beside)
        patient_id = imported_patient(as_loader, value, facility_id=doctor.facility_id)
        with as_loader() as session:
            kept = select(Entry.id).where(Entry.patient_id == patient_id, Entry.kind == "document")
            entry_id = session.scalars(kept).one()
        return entry_id, doctor.actor, replace(people.patient().actor, patient_id=patient_id)

    return made


def attachment(content: bytes = PDF, media_type: str = "application/pdf", **changes):
    data = base64.b64encode(content).decode()
    return {"contentType": media_type, "title": "Discharge letter", "data": data, **changes}


def address_of(entry_id, room: str = "my/timeline", position: int = 1) -> str:
    return f"/{room}/{entry_id}/versions/1/documents/{position}"


def test_the_entry_s_page_leads_to_the_bytes_for_citizen_and_doctor(letter, client_for):
    entry_id, doctor, citizen = letter(attachment())

    for reader, room in [(doctor, "emr/entries"), (citizen, "my/timeline")]:
        browser = client_for(reader)
        browser.set_cookie("language", "en")
        page = browser.get(f"/{room}/{entry_id}").get_data(as_text=True)
        [link] = re.findall(r'href="([^"]+/documents/1)"', page)
        answer = browser.get(link)

        assert re.search(r"Discharge letter.*\(PDF, 17 bytes\)", page, re.DOTALL)
        assert (answer.status_code, answer.data, answer.content_type) == (200, PDF, "application/pdf")
        assert answer.headers["Content-Disposition"] == 'inline; filename="Discharge letter.pdf"'
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_case_of_others_can_be_opened(as_loader, people, client_for, shared_cases):
    folder = shared_cases / "urn-outside-reference"
    doctor = people.doctor()
    documents = select(Entry.id).where(Entry.kind == "document").order_by(Entry.created_at)
    with as_loader() as session:
        # The person of the cases has further documents wherever another case was brought in before.
        before = set(session.scalars(documents))
        for name in ("doc.json", "doc_without_binary.json"):
            incoming = read_bundle((folder / name).read_bytes(), source="urn:x")
            import_bundle(session, incoming, facility_id=doctor.facility_id)
        patient_id = known_patient(session, system=SNILS_SYSTEM, value="90000000283")
        entries = [each for each in session.scalars(documents) if each not in before]
    browser = client_for(replace(people.patient().actor, patient_id=patient_id))
    browser.set_cookie("language", "en")

    opened = [browser.get(address_of(each)) for each in entries]
    pages = [browser.get(f"/my/timeline/{each}").get_data(as_text=True) for each in entries]

    assert sorted(each.status_code for each in opened) == [200, 404]
    assert b"H7 letter body" in [each.data for each in opened]
    assert sum("did not send it" in page for page in pages) == 1

    # Of whoever does not see every entry nobody can say that it was not sent.
    at_desk = client_for(doctor.actor)
    at_desk.set_cookie("language", "en")
    told = [at_desk.get(f"/emr/entries/{each}").get_data(as_text=True) for each in entries]
    assert sum("This document is only named" in page for page in told) == 1
    assert not any("did not send it" in page for page in told)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"<script>alert(1)</script>", "text/html"),
        (b"<svg onload='alert(1)'/>", "image/svg+xml"),
        (b"<html>no picture</html>", "image/png"),
        (b"<html>no letter</html>", "application/pdf; charset=x"),
        (b"\xff\xfe\x00\xd8", "text/plain"),
        (PDF, "application/x-letter"),
    ],
)
def test_what_could_act_is_only_downloaded(letter, client_for, content, media_type):
    entry_id, _, citizen = letter(attachment(content, media_type))

    answer = client_for(citizen).get(address_of(entry_id))

    assert (answer.data, answer.content_type) == (content, "application/octet-stream")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"\.(html?|svg|xml)", answer.headers["Content-Disposition"])


def test_text_is_shown_whatever_its_letters_were_written_in(letter, client_for):
    entry_id, _, citizen = letter(attachment("Выписка".encode("cp1251"), "text/plain; charset=windows-1251"))

    answer = client_for(citizen).get(address_of(entry_id))

    assert (answer.get_data(as_text=True), answer.content_type) == ("Выписка", "text/plain; charset=utf-8")


def test_a_document_contained_beside_its_entry_can_be_opened(letter, client_for):
    within = {"resourceType": "Binary", "id": "body", "contentType": "application/pdf"}
    data = base64.b64encode(PDF).decode()
    entry_id, doctor, _ = letter(
        {"contentType": "application/pdf", "url": "#body"}, contained=[{**within, "data": data}]
    )

    assert client_for(doctor).get(address_of(entry_id, "emr/entries")).data == PDF


def test_opening_leaves_its_line_and_nothing_else_is_there(letter, client_for, as_actor):
    entry_id, _, citizen = letter(attachment())
    browser = client_for(citizen)

    found = browser.get(address_of(entry_id)).status_code
    missing = [browser.get(address_of(entry_id, position=each)).status_code for each in (0, 2)]

    with as_actor(citizen) as session:
        opened = select(AuditEvent.object_id).where(AuditEvent.act == "document.opened")
        assert session.scalars(opened).all() == [entry_id]
    assert (found, missing) == (200, [404, 404])


def test_another_s_document_looks_like_none(letter, client_for, people, walls):
    entry_id, _, _ = letter(attachment())
    readers = [(people.doctor().actor, "emr/entries"), (people.patient().actor, "my/timeline")]

    for reader, room in readers:
        assert client_for(reader).get(address_of(entry_id, room)).status_code == 404
        assert client_for(reader).get(address_of(uuid4(), room)).status_code == 404


def test_a_reference_to_another_s_bytes_opens_nothing(letter, as_loader, client_for):
    data = {
        "resourceType": "Binary",
        "contentType": "application/pdf",
        "data": base64.b64encode(PDF).decode(),
    }
    other = f"https://{uuid4()}.example"
    letter({"url": f"{other}/Binary/1"}, entry(data, f"{other}/Binary/1"))

    entry_id, doctor, citizen = letter({"url": f"{other}/Binary/1"})

    assert client_for(citizen).get(address_of(entry_id)).status_code == 404
    assert client_for(doctor).get(address_of(entry_id, "emr/entries")).status_code == 404
