"""The embedded database is backed up while it runs, and comes back in a new folder under the same key."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

import app_factory
from foundation.database import process_engines
from foundation.postgres.embedded.running import running
from foundation.settings import load_settings
from tests.conftest import SECRET


@pytest.fixture
def run() -> Callable[..., Result]:
    """A command on the embedded database of a folder."""

    def ran(folder: Path, *words: object) -> Result:
        values = {"PROFILE": "test", "SECRET_KEY": SECRET, "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
        kept = process_engines._engines
        process_engines._engines = None
        try:
            made = app_factory.create_app(load_settings(values))
            return made.test_cli_runner().invoke(args=[*map(str, words)])
        finally:
            process_engines._engines = kept

    return ran


@pytest.fixture
def region(tmp_path: Path, run: Callable[..., Result]) -> Iterator[Path]:
    """A folder whose server runs, with tables and the services of the reference."""
    folder = tmp_path / "region"
    with running(folder, durable=False):
        assert run(folder, "migrate").exit_code == 0
        assert run(folder, "load-dispatch-reference").exit_code == 0
        yield folder


def test_a_region_comes_back_in_a_new_folder(run, region, tmp_path):
    backup, new = tmp_path / "backup", tmp_path / "new"

    written = run(region, "backup", backup)
    restored = run(new, "restore", backup)
    again = run(new, "restore", backup)

    assert (written.exit_code, restored.exit_code) == (0, 0), written.output + restored.output
    told = [json.loads(each.stdout) for each in (written, restored)]
    assert told[0]["rows"] == told[1]["rows"] > 20
    assert told[0]["revision"] == told[1]["revision"]
    reference = json.loads(run(new, "load-dispatch-reference").stdout)
    assert reference == {"services": 0, "services_described": 0, "waiting_terms": 0}
    assert again.exit_code == 2
    assert "holds a region already" in again.stderr
