"""The embedded database is backed up while it runs, and comes back in a new folder under the same key."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

import app_factory
from archive_gateway.backups import commands
from archive_gateway.store.folder import FolderStore
from archive_gateway.store.receiving import receive
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


def put(folder: Path, content: bytes) -> str:
    """Into the images of a region or a backup; its digest."""
    store = FolderStore(folder / "images")
    incoming = receive([content], store.incoming)
    store.keep(incoming.path, incoming.sha256)
    return incoming.sha256


def test_a_backup_broken_off_keeps_nothing_that_nobody_names_and_comes_back(run, region, tmp_path):
    backup, new = tmp_path / "backup", tmp_path / "new"
    kept, lost = put(region, b"stays"), put(region, b"is lost by the source")
    assert run(region, "backup", backup).exit_code == 0
    (backup / "manifest.json").unlink()
    FolderStore(region / "images").discard(lost, "objects")
    (backup / "images" / "objects" / kept[:2] / kept[2:4] / kept).write_bytes(b"")

    written = run(region, "backup", backup)
    restored = run(new, "restore", backup)

    assert (written.exit_code, restored.exit_code) == (0, 0), written.output + restored.output
    assert [file.read_bytes() for file in (new / "images").glob("objects/??/??/*")] == [b"stays"]


def test_a_backup_says_that_it_is_whole_after_all_of_it_is_on_the_disk(run, region, tmp_path, monkeypatch):
    backup, seen = tmp_path / "backup", []
    real = commands.sync_file_system
    monkeypatch.setattr(
        commands,
        "sync_file_system",
        lambda folder: seen.append({each.name for each in folder.iterdir()}) or real(folder),
    )

    run(region, "backup", backup)

    assert [("database.dump" in names, "manifest.json" in names) for names in seen] == [
        (True, False),
        (True, True),
    ]


def test_a_folder_that_others_may_enter_is_refused(run, tmp_path):
    backup = tmp_path / "backup"
    backup.mkdir()
    backup.chmod(0o755)

    refused = run(tmp_path / "region", "backup", backup)

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "is open to other accounts of this machine. Close it (chmod 700" in refused.stderr
    assert not list(backup.iterdir())
