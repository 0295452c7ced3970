"""Running the commands of an operator as they are typed, on a region that they made from nothing."""

import json
import re
import uuid

from click.testing import Result

import app_factory
from foundation.settings import Settings
from tests.connections import own_connections

PATIENT = "99000090382"
EXAMPLE = re.compile(r"^```csv ([\w-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_as(settings: Settings, *words: object) -> Result:
    with own_connections():
        return app_factory.create_app(settings).test_cli_runner().invoke(args=[*map(str, words)])


def account_of(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    account: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return account


def one_patient() -> dict[str, object]:
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
