"""An empty production becomes a region by the documented commands alone: up to the first booking."""

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

import app_factory
from foundation.database import process_engines
from foundation.settings import Settings, load_settings
from tests.architecture.house import HOUSE
from tests.conftest import SECRET
from tests.identity.provider_process import (
    RunningProvider,
    providers_for,
    running_provider,
    sign_in_with_card,
    signing_in_through,
)
from tests.pages import filled, hidden_fields
from tests.ports import free_ports
from tests.runtime.operators_database import admins_url, somebodys_server

EXAMPLE = re.compile(r"^```csv (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DOCTOR, DISPATCHER, PATIENT = "99000090180", "99000090281", "99000090382"
ENGLISH = {"Accept-Language": "en"}
PROVIDERS = """
[[provider]]
name = "eid"
title = { en = "State eID", ru = "Государственный ЭИ" }
audience = "citizens"
issuer = "https://eid.example"
discovery = "https://eid.example/.well-known/openid-configuration"
client = { id = "health", auth = "client_secret_basic", secret = "for tests only" }
request = { scope = "openid", levels = ["high"] }
levels = { high = "high" }
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a production whose database is empty."""
    folder = tmp_path_factory.mktemp("production")
    (folder / "providers.toml").write_text(PROVIDERS, encoding="utf-8")
    with somebodys_server(folder / "server") as address:
        yield load_settings(
            {
                "PROFILE": "production",
                "PUBLIC_URL": "https://health.example",
                "SECRET_KEY": SECRET,
                "DATABASE_URL": admins_url(address),
                "DATA_DIR": str(folder / "data"),
                "IDENTITY_PROVIDERS_FILE": str(folder / "providers.toml"),
                "LOG_LEVEL": "ERROR",
            }
        )


@contextmanager
def own_connections() -> Iterator[None]:
    """What the block connects is its own; other tests keep their connection."""
    kept = process_engines._engines
    process_engines._engines = None
    try:
        yield
    finally:
        if process_engines._engines is not None:
            process_engines.disconnect()
        process_engines._engines = kept


@pytest.fixture(scope="module")
def run(production: Settings) -> Callable[..., Result]:
    """`run("migrate")` as the operator types it."""

    def ran(*words: object) -> Result:
        with own_connections():
            made = app_factory.create_app(production)
            return made.test_cli_runner().invoke(args=[*map(str, words)])

    return ran


@pytest.fixture(scope="module")
def filled_region(
    run: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, object]]:
    """The region of the examples in docs/filling_a_region.md; what each command said."""
    folder = tmp_path_factory.mktemp("tables")
    document = (HOUSE / "docs" / "filling_a_region.md").read_text(encoding="utf-8")
    tables = dict(EXAMPLE.findall(document))
    (folder / "patients.json").write_text(json.dumps(_one_patient()), encoding="utf-8")
    said = {}
    assert run("migrate").exit_code == 0
    assert run("load-dispatch-reference").exit_code == 0
    for name in ("facilities", "staff", "posts", "services", "slots"):
        (folder / f"{name}.csv").write_text(tables.pop(name), encoding="utf-8")
        said[name] = _account(run(f"load-{name}", folder / f"{name}.csv"))
    said["patients"] = _account(run("import-fhir", "--facility", "MF-001", folder / "patients.json"))
    assert not tables
    return said


def _account(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    account: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return account


def _one_patient() -> dict[str, object]:
    patient = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:oid:1.2.643.100.3", "value": PATIENT}],
        "name": [{"family": "Пациентова", "given": ["Вера", "Павловна"]}],
        "gender": "female",
        "birthDate": "1960-05-03",
    }
    entry = {
        "fullUrl": f"urn:uuid:{uuid.uuid4()}",
        "resource": patient,
        "request": {"method": "POST", "url": "Patient"},
    }
    return {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}


def test_the_examples_of_the_document_are_taken_whole(filled_region):
    assert [
        (said["added"], said["refused"]) for name, said in filled_region.items() if name != "patients"
    ] == [
        (3, []),
        (2, []),
        (2, []),
        (1, []),
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
    card = provider.know(sub=f"sub-{snils}", snils=snils, birth_date="1970-01-01")
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
