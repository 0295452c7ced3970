"""What import-linter holds, seen to fail: a copy of the house with an offence against each contract, and one without."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import HOUSE, ROOMS

COPIED = (*ROOMS, "foundation", "runtime", "demo")
LINTER = Path(sys.executable).parent / "lint-imports"

# The contract that each breaks, the file that is added to, and what is added.
PLANTED = {
    "Imports only go down, and neighbours never look at each other": (
        "archive_gateway/dicom/enumerations.py",
        "import dispatch_backend",
    ),
    "Nobody imports what puts the rooms together": ("portal/home/actions.py", "import app_factory"),
    "The parts of the ground floor stand in an order": (
        "foundation/clock.py",
        "from foundation import outbox",
    ),
    "The subjects of identity stand in an order": (
        "identity/people/enumerations.py",
        "from identity.signing_in import rules",
    ),
    "The subjects of the dispatching centre stand in an order": (
        "dispatch_backend/services/tables.py",
        "from dispatch_backend.routing import rules",
    ),
    "The subjects of the archive stand in an order": (
        "archive_gateway/studies/tables/studies.py",
        "from archive_gateway.dicomweb import queries",
    ),
    "The subjects of the record stand in an order": (
        "emr/entries/rules/kinds.py",
        "from emr.notes import rules",
    ),
    "The subjects of the portal stand in an order": ("portal/nowhere/__init__.py", "new = True"),
    "The one subject of the interface for machines": (
        "interop/rules/bundles.py",
        "from interop import tables",
    ),
    "Nothing goes in a circle": (
        "emr/content/rules/texts.py",
        "from emr.content.rules import narrative, context",
    ),
    "In each subject, the words look down only": ("emr/desk/actions.py", "from emr.desk import forms"),
    "Of identity, the rooms above use only": ("emr/chart/actions.py", "from identity.patients import tables"),
    "Of the dispatching centre, the rooms above use only": (
        "portal/dispatch/queries.py",
        "from dispatch_backend.bookings import tables",
    ),
    "Of the archive, the rooms above use only": (
        "portal/images/queries.py",
        "from archive_gateway.studies import tables",
    ),
    "Of the record, the rooms above use only": ("portal/record/queries.py", "from emr.entries import tables"),
    "Only what draws asks numpy": ("archive_gateway/store/areas.py", "import numpy"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("house")
    for folder in COPIED:
        shutil.copytree(
            HOUSE / folder, house / folder, ignore=lambda _, names: {n for n in names if _no_code(n)}
        )
    for name in (".importlinter", "app_factory.py", "wsgi.py"):
        shutil.copy(HOUSE / name, house / name)
    return house


def test_each_contract_finds_an_offence_that_is_planted(copy):
    assert _verdicts(copy) == dict.fromkeys(_contracts(), "KEPT")

    for name, line in PLANTED.values():
        file = copy / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{file.read_text() if file.exists() else ''}\n{line}\n")

    kept = [name for name, verdict in _verdicts(copy).items() if verdict != "BROKEN"]
    assert kept == []


def test_every_contract_has_its_offence():
    assert len(_contracts()) == len(PLANTED)
    assert [name for name in _contracts() if not name.startswith(tuple(PLANTED))] == []


def _contracts() -> list[str]:
    return re.findall(r"^name = (.+)$", (HOUSE / ".importlinter").read_text(), re.MULTILINE)


def _verdicts(house: Path) -> dict[str, str]:
    done = subprocess.run(
        [LINTER, "--no-logo", "--no-cache"],
        cwd=house,
        env={**os.environ, "COLUMNS": "300"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = re.findall(r"^(.+?) (KEPT|BROKEN)", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return dict(found)


def _no_code(name: str) -> bool:
    return name == "__pycache__" or Path(name).suffix not in ("", ".py")
