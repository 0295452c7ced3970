"""An empty production becomes a region by the documented commands alone: up to the first booking."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

import app_factory
from foundation.settings import Settings
from tests.connections import own_connections
from tests.identity.provider_process import (
    RunningProvider,
    providers_for,
    running_provider,
    sign_in_with_card,
    signing_in_through,
)
from tests.pages import filled, hidden_fields
from tests.ports import free_ports

DOCTOR, DISPATCHER = "99000090180", "99000090281"
# As the tables of the documents tell it.
BORN = {DOCTOR: "1980-05-03", DISPATCHER: "1975-11-20"}
ENGLISH = {"Accept-Language": "en"}


def test_the_examples_of_the_document_are_taken_whole(filled_region):
    assert [
        (said["added"], said["refused"]) for name, said in filled_region.items() if name != "patients"
    ] == [
        (3, []),
        (2, []),
        (2, []),
        (1, []),
        (2, []),
        (2, []),
    ]
    assert filled_region["patients"]["stored"] == {"Patient": 1}


@pytest.fixture(scope="module")
def provider(production: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    """A provider on this machine in the place of the state's: production believes only one with TLS of its own."""
    port = free_ports()
    own = production.model_copy(update={"port": port, "public_url": f"http://127.0.0.1:{port}"})
    with running_provider(tmp_path_factory.mktemp("provider"), own) as running:
        yield running


@pytest.fixture
def pages(production: Settings, provider: RunningProvider, filled_region: object) -> Iterator[Flask]:
    with own_connections():
        made = app_factory.create_web(production)
        with signing_in_through(made, provider.settings, providers_for(provider.settings)):
            yield made


def _signed_in(pages: Flask, provider: RunningProvider, snils: str) -> FlaskClient:
    browser = pages.test_client()
    browser.environ_base["wsgi.url_scheme"] = "https"
    card = provider.know(sub=f"sub-{snils}", snils=snils, birth_date=BORN.get(snils, "1970-01-01"))
    answer = sign_in_with_card(browser, card, way="/staff/sign-in/demo-desk")
    assert answer.status_code == 303, answer.text
    return browser


def test_from_an_empty_database_to_the_first_booking(pages, provider):
    doctor = _signed_in(pages, provider, DOCTOR)
    asked = filled(doctor.get("/emr"), text="Пациентова")
    found = doctor.post("/emr/searches", data=asked, headers=ENGLISH, follow_redirects=True)
    (patient_id,) = set(re.findall(r"/emr/patients/([0-9a-f-]{36})", found.text))
    page = doctor.get(f"/emr/patients/{patient_id}/referrals/new", follow_redirects=True)
    typed = {
        "service": "C-RHEUM",
        "priority": "planned",
        "diagnosis_code": "M06.9",
        "reason": "Боль в суставах",
    }
    sent = doctor.post(f"/emr/patients/{patient_id}/referrals", data=filled(page, **typed))
    assert sent.status_code == 303, sent.text

    dispatcher = _signed_in(pages, provider, DISPATCHER)
    queue = dispatcher.get("/dispatch", headers=ENGLISH)
    (referral_id,) = set(re.findall(r"/dispatch/referrals/([0-9a-f-]{36})", queue.text))
    offers = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)
    slot_id = re.search(r'name="slot" value="([0-9a-f-]{36})"', offers.text)[1]
    chosen = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}", headers=ENGLISH)
    booked = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/booking",
        data={**hidden_fields(chosen, "book-"), "book-slot_id": slot_id},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "The slot is booked." in booked.text
    assert "Dr Lebedeva" in booked.text
