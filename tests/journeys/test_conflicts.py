"""A sender tells of a patient another day of birth: a registrar looks at both sides, answers, and reads what became of it."""

import os
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.emr.fhir_import.factories import as_bytes, bundle, entry, observation, patient_resource
from tests.journeys.cared_for import LOOKS, NAMES, REGISTRAR, cared_for
from tests.journeys.looking import Looked
from tests.journeys.service import HOUSE

SNILS = "urn:oid:1.2.643.100.3"
DONE = {"ru": "исполнено: ", "en": "carried out: "}


@pytest.fixture
def told_otherwise(service, tmp_path):
    """`told_otherwise(3)`: a sender tells another day of birth of somebody in the registrar's care, and an entry that waits."""

    def made(which: int):
        citizen = cared_for("conflict")[which]
        who = {
            **patient_resource(birthDate=(citizen.birth_date + timedelta(days=1)).isoformat()),
            "identifier": [{"system": SNILS, "value": citizen.snils}],
            "name": [{"family": citizen.name.family, "given": [citizen.name.given, citizen.name.middle]}],
        }
        file = tmp_path / "told.json"
        told = f"urn:uuid:{uuid4()}"
        file.write_bytes(as_bytes(bundle(entry(who, told), entry(observation(told)))))
        environ = {**os.environ, "PROFILE": "demo", "DATA_DIR": str(service.data_dir)}
        words = [sys.executable, "-m", "flask", "--app", "wsgi", "import-fhir", str(file)]
        done = subprocess.run(words, cwd=HOUSE, env=environ, capture_output=True, check=False, timeout=120)
        assert "waits for a person" in done.stdout.decode(), (done.stdout, done.stderr)

    return made


@pytest.mark.parametrize(
    ("which", "size", "language"), [(i, *each) for i, each in enumerate(LOOKS)], ids=NAMES
)
def test_a_registrar_answers_and_reads_what_became_of_it(sign_in, told_otherwise, which, size, language):
    told_otherwise(which)
    looked = Looked("conflicts", language)
    desk = sign_in(REGISTRAR, staff=True, size=size, language=language)
    looked.at(desk, "desk-conflicts")
    desk.locator('main a[href="/emr/conflicts"]').click()
    looked.at(desk, "conflicts")
    desk.locator("main table a").last.click()
    looked.at(desk, "conflict")
    desk.locator('form[action$="/answer"] button').click()
    expect(desk.locator(".nhsuk-error-summary")).to_be_visible()
    looked.at(desk, "conflict-empty")
    desk.locator('input[name="choice"]').first.check()
    desk.locator('textarea[name="reason"]').fill("Паспорт просмотрен у стойки")
    desk.locator('form[action$="/answer"] button').click()

    for _ in range(20):
        if desk.get_by_text(DONE[language]).count():
            break
        desk.wait_for_timeout(500)
        desk.goto(desk.url)
    expect(desk.locator("main")).to_contain_text(DONE[language])
    looked.at(desk, "conflict-decided")
    desk.locator(".nhsuk-back-link").click()
    expect(desk.locator("main")).to_contain_text(DONE[language])
    looked.at(desk, "conflicts-decided")
    assert looked.faults == []
