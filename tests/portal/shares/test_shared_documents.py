"""A document of a shared entry opens by the link, also where its bytes came as an entry of their own; nothing else does."""

import base64
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from emr.entries.tables.entries import Entry, EntryVersion
from foundation.audit import AuditEvent
from tests.emr.fhir_import.factories import bundle, entry, imported_patient, patient_resource
from tests.identity.shares.sharing import RECORD, Sharing
from tests.pages import read

LETTER = b"%PDF-1.7 a letter"
NAMED_ONLY = "This document is only named here"


@pytest.fixture
def sharing(app, client_for) -> Sharing:
    return Sharing(app, client_for)


@pytest.fixture
def sent(as_loader, people):
    """`sent(code)`: a letter and apart from it its bytes, as another system sends them: the letter's entry, that of the bytes, and
    whose they are. The letter is about that diagnosis, if one is given."""

    def made(code=""):
        who, sender = f"urn:uuid:{uuid4()}", f"https://{uuid4()}.example"
        about = {"system": "http://hl7.org/fhir/sid/icd-10", "code": code}
        letter = {
            "resourceType": "DocumentReference",
            "status": "current",
            "subject": {"reference": who},
            "content": [{"attachment": {"title": "Discharge letter", "url": f"{sender}/Binary/1"}}],
            **({"context": {"event": [{"coding": [about]}]}} if code else {}),
        }
        data = base64.b64encode(LETTER).decode()
        body = {"resourceType": "Binary", "contentType": "application/pdf", "data": data}
        value = bundle(entry(patient_resource(), who), entry(letter), entry(body, f"{sender}/Binary/1"))
        patient_id = imported_patient(as_loader, value, facility_id=people.doctor().facility_id)
        with as_loader() as session:
            told = select(Entry.id, EntryVersion.content).join(
                EntryVersion, EntryVersion.entry_id == Entry.id
            )
            by_type = {
                row.content["resourceType"]: row.id
                for row in session.execute(told.where(Entry.patient_id == patient_id))
            }
        return (
            by_type["DocumentReference"],
            by_type["Binary"],
            replace(people.patient().actor, patient_id=patient_id),
        )

    return made


def address_of(entry_id) -> str:
    return f"{RECORD}/{entry_id}/versions/1/documents/1"


def test_who_looks_by_the_link_opens_the_bytes_and_the_patient_reads_it(sharing, sent, as_actor, walled):
    letter, _body, citizen = sent()
    given = sharing.given(sharing.signed_in(citizen), kinds=["document"])
    walled()

    browser = sharing.looking(given)
    page = browser.get(f"{RECORD}/{letter}").text
    [link] = re.findall(r'href="([^"]+/documents/1)"', page)
    answer = browser.get(link)

    assert re.search(r"Discharge letter.*\(PDF, 17 bytes\)", page, re.DOTALL)
    assert (answer.status_code, answer.data, answer.content_type) == (200, LETTER, "application/pdf")
    with as_actor(citizen) as session:
        looks = select(AuditEvent.object_id).where(
            AuditEvent.act == "document.opened",
            AuditEvent.share_opening_id.is_not(None),
            AuditEvent.patient_id == citizen.patient_id,
        )
        assert session.scalars(looks).all() == [letter]


def test_the_bytes_are_no_entry_of_the_shared_part(sharing, sent, walled):
    _letter, body, citizen = sent()
    given = sharing.given(sharing.signed_in(citizen), kinds=["document"])
    walled()

    browser = sharing.looking(given)
    answers = [browser.get(f"{RECORD}/{each}") for each in (body, uuid4())]
    bytes_of = [browser.get(address_of(each)) for each in (body, uuid4())]

    assert [each.status_code for each in (*answers, *bytes_of)] == [404] * 4
    assert read(answers[0]) == read(answers[1])
    assert read(bytes_of[0]) == read(bytes_of[1])


def test_by_a_link_to_other_kinds_or_of_another_s_record_they_are_absent(sharing, sent, walled):
    letter, _body, citizen = sent()
    _other, _bytes, stranger = sent()
    by_kind = sharing.given(sharing.signed_in(citizen), kinds=["note"])
    by_another = sharing.given(sharing.signed_in(stranger), kinds=["document"])
    walled()

    for given in (by_kind, by_another):
        browser = sharing.looking(given)
        foreign, absent = browser.get(address_of(letter)), browser.get(address_of(uuid4()))
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert read(foreign) == read(absent)


def test_of_a_labelled_letter_the_bytes_are_closed_as_the_letter_is(sharing, sent, walled):
    letter, _body, citizen = sent("F32.1")
    given = sharing.given(sharing.signed_in(citizen), kinds=["document"])
    walled()

    browser = sharing.looking(given)

    assert browser.get(f"{RECORD}/{letter}").status_code == 404
    assert browser.get(address_of(letter)).status_code == 404


@pytest.mark.parametrize(
    ("kinds", "label", "told"),
    [(["document"], False, True), (["note"], False, False), (["document"], True, False)],
)
def test_the_database_alone_tells_of_the_bytes_that_a_shared_entry_names(
    sharing, sent, as_actor, as_administrator, kinds, label, told
):
    _letter, body, citizen = sent("F32.1" if label else "")
    sharing.looking(sharing.given(sharing.signed_in(citizen), kinds=kinds))
    with as_administrator() as connection:
        opening = connection.scalar(
            text("SELECT id FROM identity.share_opening WHERE patient_id = :id"), {"id": citizen.patient_id}
        )
    asked = text("SELECT count(*) FROM emr.shared_documents(ARRAY[CAST(:body AS uuid)])")

    with as_administrator() as connection:
        connection.execute(text("SET LOCAL ROLE center_web"))
        connection.execute(text("SELECT set_config('app.share_opening', :id, true)"), {"id": str(opening)})
        by_link = connection.scalar(asked, {"body": body})
    with as_actor(citizen) as session:
        otherwise = session.scalar(asked, {"body": body})

    assert (by_link, otherwise) == (int(told), 0)
