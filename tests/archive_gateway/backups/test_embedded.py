"""The embedded database is backed up while it runs, and comes back in a new folder under the same key."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result

import app_factory
from archive_gateway.backups import commands
from archive_gateway.store.folder import FolderStore
from archive_gateway.store.receiving import receive
from foundation import sealing
from foundation.postgres.embedded.running import running
from foundation.settings import load_settings
from tests.conftest import SECRET
from tests.connections import own_connections

NEXT = "another secret of more than thirty-two characters"


@pytest.fixture
def run() -> Callable[..., Result]:
    """A command on the embedded database of a folder."""

    def ran(folder: Path, *words: object, **environment: str) -> Result:
        values = {"PROFILE": "test", "SECRET_KEY": SECRET, "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
        values |= environment
        keys = dict(sealing._keys)
        try:
            with own_connections():
                made = app_factory.create_app(load_settings(values))
                return made.test_cli_runner().invoke(args=[*map(str, words)])
        finally:
            sealing._keys.update(keys)

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
    assert reference == {"services": 0, "services_described": 0, "waiting_terms": 0, "calendar_days": 0}
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


def test_a_backup_made_while_the_key_is_changed_needs_both_keys(run, region, tmp_path):
    backup, new = tmp_path / "backup", tmp_path / "new"
    assert run(region, "backup", backup, FURTHER_SECRET_KEY=NEXT).exit_code == 0

    for only in (SECRET, NEXT):
        refused = run(new, "restore", backup, SECRET_KEY=only)
        assert refused.exit_code == 2
        assert refused.stderr.startswith(
            "This backup was made while SECRET_KEY was being changed, and needs both"
        )
    restored = run(new, "restore", backup, SECRET_KEY=NEXT, FURTHER_SECRET_KEY=SECRET)
    assert restored.exit_code == 0, restored.output


def changed(manifest: Path, **changes: object) -> None:
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | changes))


def test_what_the_key_does_not_vouch_for_is_never_run(run, region, tmp_path):
    backup, new = tmp_path / "backup", tmp_path / "new"
    assert run(region, "backup", backup).exit_code == 0
    anothers = b"CREATE ROLE somebody SUPERUSER"
    (backup / "database.dump").write_bytes(anothers)
    changed(backup / "manifest.json", dump_sha256=hashlib.sha256(anothers).hexdigest())

    refused = run(new, "restore", backup)

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "was changed by somebody who does not hold the key; nothing was restored." in refused.stderr
    assert not (new / "postgres").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('{"layout": 1, "key": "00"}', "Restore it with that version, run migrate with this one"),
        ('{"layout": 2}', "The manifest of the backup cannot be read."),
        ("[]", "The manifest of the backup cannot be read."),
    ],
)
def test_a_manifest_that_nothing_vouches_for_is_refused_in_words(run, tmp_path, text, sentence):
    (tmp_path / "manifest.json").write_text(text)

    refused = run(tmp_path / "new", "restore", tmp_path)

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert sentence in refused.stderr
