"""A region is kept in one folder, and brought back from it as it was."""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from click.testing import Result
from psycopg2.extensions import parse_dsn

from archive_gateway.backups.actions import carry
from archive_gateway.store.folder import FolderStore
from archive_gateway.store.opening import open_store
from foundation.database.revisions import known_revisions
from foundation.settings import Settings
from tests.archive_gateway.dicom.factories import data_set, write
from tests.conftest import SECRET
from tests.runtime.operators_database import (
    admins_url,
    empty_database,
    somebodys_server,
    superusers_url,
)
from tests.runtime.regions import account_of, run_as


@pytest.fixture(scope="module")
def keeper(production: Settings) -> Settings:
    """The settings of who backs up and restores: a login that sees every row, as the document asks."""
    return production.model_copy(update={"database_url": superusers_url(production.database_url, "health")})


@pytest.fixture(scope="module")
def images(
    run: Callable[..., Result], first_booking: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The region holds its first booking, an image, and a broken one in quarantine."""
    folder = tmp_path_factory.mktemp("dicom")
    write(data_set(), folder / "whole.dcm")
    broken = write(data_set(), folder / "broken.dcm").path
    broken.write_bytes(broken.read_bytes()[:-20])
    result = run("import-dicom", "--facility", "MF-002", folder)
    account = json.loads(result.stdout.splitlines()[-1])
    assert (account["stored"], len(account["quarantined"])) == (1, 1), result.output


@dataclass(frozen=True)
class BackedUp:
    """A backup, what the command said of it, and what there was at its moment."""

    folder: Path
    account: dict[str, object]
    rows: dict[str, list[tuple[object, ...]]]
    images: dict[str, bytes]


@pytest.fixture(scope="module")
def backed_up(keeper: Settings, images: None, tmp_path_factory: pytest.TempPathFactory) -> BackedUp:
    folder = tmp_path_factory.mktemp("keeping") / "backup"
    account = account_of(run_as(keeper, "backup", folder))
    return BackedUp(folder, account, rows_of(keeper.database_url), images_of(keeper))


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of ours, in an order of their own."""
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind = 'r' AND pg_get_userbyid(n.nspowner) = 'center_owner'"
        )
        rows = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            rows[table] = cursor.fetchall()
        return rows


def images_of(settings: Settings) -> dict[str, bytes]:
    root = settings.data_dir / "images"
    return {str(file.relative_to(root)): file.read_bytes() for file in root.glob("*/??/??/*")}


def elsewhere(settings: Settings, folder: Path, **changes: object) -> Settings:
    data = folder / "elsewhere"
    return settings.model_copy(
        update={"data_dir": data, "image_store_url": (data / "images").as_uri(), **changes}
    )


def test_a_backup_accounts_for_everything_and_holds_no_secret(backed_up, keeper):
    folder, account = backed_up.folder, backed_up.account

    assert (account["images"], account["damaged"], account["missing"]) == (2, [], [])
    assert account["rows"] == sum(map(len, backed_up.rows.values()))
    assert len(backed_up.rows["dispatch.booking"]) == 1
    assert set(account["seconds"]) == {"database", "images"}
    manifest = (folder / "manifest.json").read_text()
    assert SECRET not in manifest
    assert json.loads(manifest)["revision"] == known_revisions().newest
    assert folder.stat().st_mode & 0o077 == 0


def test_a_region_comes_back_as_it_was(backed_up, keeper, tmp_path):
    folder = backed_up.folder
    with empty_database(keeper.database_url) as url:
        target = elsewhere(keeper, tmp_path, database_url=url)
        account = account_of(run_as(target, "restore", folder))

        assert rows_of(url) == backed_up.rows
        assert images_of(target) == backed_up.images
        assert account["copied"] == 2
        again = run_as(target, "restore", folder)
        assert (again.exit_code, again.stdout) == (2, "")
        assert "holds a region already, and nothing is put over it." in again.stderr
        working = target.model_copy(update={"database_url": url})
        assert run_as(working, "verify-dispatch").exit_code == 0


def test_a_server_that_has_never_heard_of_us_is_worked_with_after_restoring(backed_up, keeper, tmp_path):
    folder = backed_up.folder
    with somebodys_server(tmp_path / "server") as address:
        admin = admins_url(address)
        target = elsewhere(keeper, tmp_path, database_url=superusers_url(admin, "health"))
        account_of(run_as(target, "restore", folder))
        working = target.model_copy(update={"database_url": admin})

        migrated, verified = run_as(working, "migrate"), run_as(working, "verify-dispatch")

        assert migrated.exit_code == 0, migrated.output
        assert verified.exit_code == 0, verified.output


def test_images_go_to_another_store_and_an_unfinished_restoring_goes_on(backed_up, keeper, tmp_path):
    folder = backed_up.folder
    with empty_database(keeper.database_url) as url:
        target = elsewhere(keeper, tmp_path, database_url=url, image_store_url=f"memory://{tmp_path.name}")
        assert carry(
            FolderStore(folder / "images"),
            open_store(target.image_store_url, target.data_dir),
            on_progress=lambda _: None,
        ).copied

        account = account_of(run_as(target, "restore", folder))

        assert (account["images"], account["copied"]) == (2, 0)
        further = tmp_path / "further"
        assert account_of(run_as(target, "backup", further))["images"] == 2
        assert (further / "manifest.json").exists()


def test_a_backup_that_was_broken_off_goes_on_and_a_whole_one_is_not_touched(backed_up, keeper, tmp_path):
    folder = tmp_path / "again"
    shutil.copytree(backed_up.folder, folder)
    whole = run_as(keeper, "backup", folder)
    (folder / "manifest.json").unlink()
    unfinished = run_as(keeper, "restore", folder)

    account = account_of(run_as(keeper, "backup", folder))

    assert whole.exit_code == 2
    assert "holds a whole backup already" in whole.stderr
    assert unfinished.exit_code == 2
    assert "holds no whole backup" in unfinished.stderr
    assert (account["images"], account["copied"]) == (2, 0)


def damage_dump(folder: Path) -> None:
    with (folder / "database.dump").open("ab") as file:
        file.write(b"x")


def damage_image(folder: Path) -> None:
    next((folder / "images").glob("*/??/??/*")).write_bytes(b"another")


def lose_image(folder: Path) -> None:
    next((folder / "images").glob("*/??/??/*")).unlink()


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (damage_dump, "is not what the backup wrote; nothing was restored."),
        (damage_image, "Images of the backup are damaged, and nothing was put into the database"),
        (lose_image, "holds 1 images, and not the 2 that were written; nothing was restored."),
    ],
)
def test_a_backup_that_was_harmed_is_not_restored(backed_up, keeper, tmp_path, harm, sentence):
    folder = tmp_path / "harmed"
    shutil.copytree(backed_up.folder, folder)
    harm(folder)
    with empty_database(keeper.database_url) as url:
        result = run_as(elsewhere(keeper, tmp_path, database_url=url), "restore", folder)

        assert (result.exit_code, result.stdout) == (2, "")
        assert sentence in result.stderr
        assert rows_of(url) == {}


def test_another_secret_key_is_noticed_before_anything_is_restored(backed_up, keeper, tmp_path):
    folder = tmp_path / "others"
    shutil.copytree(backed_up.folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"keys": ["00"]}))

    result = run_as(keeper, "restore", folder)

    assert result.exit_code == 2
    assert result.stderr.startswith("SECRET_KEY is not the one of the region that was backed up")


def test_a_login_that_does_not_see_every_row_is_told_what_to_do(production, filled_region, tmp_path):
    result = run_as(production, "backup", tmp_path / "backup")

    assert result.exit_code == 2
    assert "The login admin does not see every row" in result.stderr
    assert "GRANT pg_read_all_data TO center_backup" in result.stderr


def test_an_image_that_is_damaged_or_lost_is_named_by_the_backup(images, keeper, tmp_path):
    target = elsewhere(keeper, tmp_path)
    shutil.copytree(keeper.data_dir / "images", target.data_dir / "images")
    (damaged,) = (target.data_dir / "images" / "objects").glob("??/??/*")
    damaged.write_bytes(b"another")

    result = run_as(target, "backup", tmp_path / "backup")

    account = json.loads(result.stdout.splitlines()[-1])
    assert result.exit_code == 3
    assert account["damaged"] == [f"objects/{damaged.name}"]
    assert account["missing"] == [damaged.name]


def test_no_password_stands_among_the_words_of_a_program(backed_up, keeper, tmp_path, monkeypatch):
    seen = []
    real = subprocess.run
    monkeypatch.setattr(
        "foundation.postgres.dumping.subprocess.run",
        lambda words, **how: seen.append(" ".join(words)) or real(words, **how),
    )

    run_as(keeper, "backup", tmp_path / "backup")

    password = parse_dsn(keeper.database_url)["password"]
    assert len(seen) == 1
    assert password not in seen[0]
