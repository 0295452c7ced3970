"""Commands of the operator who keeps a region: backup and restore."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from archive_gateway.backups.actions import Carried, carry, contents_of, settle
from archive_gateway.backups.rules import Manifest, digest_of_all, require_same_keys
from archive_gateway.store.folder import FolderStore
from archive_gateway.store.opening import open_store
from archive_gateway.store.receiving import adopt_written_file
from archive_gateway.store.syncing import sync_file_system
from foundation.clock import now
from foundation.commands.running import SOME_REFUSED, progress, stop, with_readable_errors
from foundation.own_folder import make_closed, require_usable
from foundation.postgres.connections import administrators_url
from foundation.postgres.dumping import dump, require_restorable, restore
from foundation.postgres.roles import derived_passwords, hand_roles_to_database_owner, prepare_roles
from foundation.sealing import is_vouched_for, keyed_digests, voucher
from foundation.settings import Settings
from foundation.web.current_settings import current_settings

MANIFEST, DUMP, IMAGES = "manifest.json", "database.dump", "images"
ARCHIVE = "archive"
VOUCHED_AS = "manifest of a backup"


class Timing:
    """How many seconds each part has taken."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.seconds[part] = round(time.monotonic() - began, 2)


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@with_readable_errors
def backup(folder: Path) -> None:
    """Write database and images into a folder, while people work; broken off, it goes on where it was."""
    if (folder / MANIFEST).exists():
        stop(f"The folder {folder} holds a whole backup already. Name another one.")
    chosen, timing = current_settings(), Timing()
    require_usable(chosen.data_dir)
    make_closed(folder)
    with timing.of("database"), administrators_url(chosen) as url:
        snapshot = dump(url, folder / DUMP, contents_in=ARCHIVE)
    with timing.of("images"), progress("Images looked at:") as on_progress:
        source = open_store(chosen.image_store_url, chosen.data_dir)
        target = FolderStore(folder / IMAGES, sync_later=True)
        carried = carry(source, target, on_progress=on_progress)
        settle(target, carried, named=snapshot.contents)
    kept = {each.rpartition("/")[2] for each in carried.contents}
    missing = sorted(snapshot.contents - kept)
    manifest = Manifest(
        made_at=now().isoformat(timespec="seconds"),
        revision=snapshot.revision,
        keys=_keys(),
        dump_sha256=adopt_written_file(folder / DUMP).sha256,
        rows=snapshot.rows,
        images=len(carried.contents),
        images_sha256=digest_of_all(_held_in(target)),
    )
    _write_whole(folder / MANIFEST, manifest.written(voucher(manifest.canonical(), VOUCHED_AS)))
    account = {
        "folder": str(folder),
        "revision": manifest.revision,
        "rows": sum(manifest.rows.values()),
        "images": manifest.images,
        "copied": carried.copied,
        "bytes": carried.bytes,
        "damaged": carried.damaged,
        "missing": missing,
        "only_here": carried.only_here,
        "seconds": timing.seconds,
    }
    click.echo(json.dumps(account))
    sys.exit(SOME_REFUSED if carried.damaged or missing or carried.only_here else 0)


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@with_readable_errors
def restore_backup(folder: Path) -> None:
    """Fill an empty database and the image store from a backup: the images first, then all of the database or nothing."""
    manifest = _manifest_of(folder)
    chosen, timing = current_settings(), Timing()
    require_usable(chosen.data_dir)
    with administrators_url(chosen) as url:
        require_restorable(url)
        with timing.of("verifying"):
            _require_unharmed(folder, manifest)
        with timing.of("images"):
            carried = _restore_images(folder, chosen, manifest)
        with timing.of("database"):
            if chosen.database_url:
                prepare_roles(url, derived_passwords(chosen.secret_key))
                hand_roles_to_database_owner(url)
            snapshot = restore(url, folder / DUMP, contents_in=ARCHIVE)
    if snapshot.rows != manifest.rows:
        stop("The database holds other rows than the backup counted. Do not let anybody in.")
    account = {
        "folder": str(folder),
        "revision": snapshot.revision,
        "rows": sum(snapshot.rows.values()),
        "images": len(carried.contents),
        "copied": carried.copied,
        "bytes": carried.bytes,
        "seconds": timing.seconds,
    }
    click.echo(json.dumps(account))


def _require_unharmed(folder: Path, manifest: Manifest) -> None:
    if adopt_written_file(folder / DUMP).sha256 != manifest.dump_sha256:
        stop(f"The file {folder / DUMP} is not what the backup wrote; nothing was restored.")
    found = _held_in(FolderStore(folder / IMAGES))
    if digest_of_all(found) != manifest.images_sha256:
        stop(
            f"The folder {folder / IMAGES} holds {len(found)} images, and not the {manifest.images} that were written; "
            "nothing was restored."
        )


def _restore_images(folder: Path, chosen: Settings, manifest: Manifest) -> Carried:
    target = open_store(chosen.image_store_url, chosen.data_dir, sync_later=True)
    with progress("Images restored:", total=manifest.images) as on_progress:
        carried = carry(FolderStore(folder / IMAGES), target, on_progress=on_progress)
    if carried.damaged:
        stop(f"Images of the backup are damaged, and nothing was put into the database: {carried.damaged}.")
    return carried


def _keys() -> list[str]:
    """By which a backup knows the region's keys: while the key is changed, some rows need one and some the other."""
    return [digest.hex() for digest in keyed_digests("backup")]


def _manifest_of(folder: Path) -> Manifest:
    """A superuser runs what the dump says, so nothing is done before the key says that it is the service's own."""
    if not (folder / MANIFEST).exists():
        stop(f"The folder {folder} holds no whole backup: {MANIFEST} is not there.")
    manifest, given = Manifest.read((folder / MANIFEST).read_text(encoding="utf-8"))
    require_same_keys(manifest, _keys())
    if not is_vouched_for(manifest.canonical(), VOUCHED_AS, given):
        stop(
            f"The file {folder / MANIFEST} was changed by somebody who does not hold the key; nothing was restored."
        )
    return manifest


def _held_in(store: FolderStore) -> list[str]:
    return [f"{area}/{sha256}" for area, sha256 in contents_of(store)]


def _write_whole(file: Path, text: str) -> None:
    """A file that vouches for all that lies beside it: on the disk after that, and whole or not at all."""
    sync_file_system(file.parent)
    unfinished = file.with_suffix(".new")
    unfinished.write_text(text, encoding="utf-8")
    adopt_written_file(unfinished)
    unfinished.replace(file)
    sync_file_system(file.parent)
