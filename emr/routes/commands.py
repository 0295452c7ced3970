"""Commands of the record: import-fhir, rebuild-summaries, verify-record."""

import glob
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DataError, IntegrityError

from emr.actions import Imported, import_bundle, redraw_all
from emr.border import BundleRefused, read_bundle
from emr.queries.integrity import broken_versions
from foundation.actor import Actor
from foundation.connections import reachable
from foundation.database import connect, transaction
from foundation.database_roles import LOADER
from foundation.errors import Busy
from foundation.web import current_settings
from identity.queries import facility_by_code

COULD_NOT_RUN = 2
DEFAULT_SOURCE = "urn:dispatching-center:import"


@dataclass
class Account:
    """What became of everything that was given to the command."""

    bundles: int = 0
    resources: int = 0
    stored: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    refused: list[dict[str, object]] = field(default_factory=list)

    def add(self, imported: Imported) -> None:
        self.stored += imported.stored
        self.unchanged += imported.unchanged
        self.resources += imported.stored.total() + imported.unchanged.total()

    def refuse(self, file: Path, refusal: BundleRefused) -> None:
        self.resources += refusal.resources
        line: dict[str, object] = {"file": str(file), "where": refusal.where, "why": refusal.why}
        self.refused.append(line | ({"resources": refusal.resources} if refusal.resources else {}))

    def as_line(self) -> str:
        return json.dumps(
            {
                "bundles": self.bundles,
                "resources": self.resources,
                "stored": dict(sorted(self.stored.items())),
                "unchanged": dict(sorted(self.unchanged.items())),
                "refused": self.refused,
            },
            ensure_ascii=False,
        )


@click.command("import-fhir")
@click.argument("files", nargs=-1, required=True)
@click.option("--facility", default="", help="Code of the facility that cares for the patients from now on.")
@click.option(
    "--source", default=DEFAULT_SOURCE, help="Name of the sending system, where the files name none."
)
@with_appcontext
def import_fhir(files: tuple[str, ...], facility: str, source: str) -> None:
    """Load FHIR R4 bundles (transaction, batch, collection) from files, folders or patterns."""
    found = _found(files)
    try:
        with reachable(current_settings(), LOADER) as url:
            connect(url, pool_size=1)
            facility_id = _facility(facility)
            account = _imported(found, facility_id=facility_id, source=source)
    except (Busy, OSError) as fault:
        _stop(f"The database cannot be reached: {fault}")
    click.echo(account.as_line())


def _found(named: tuple[str, ...]) -> list[Path]:
    files: list[Path] = []
    for name in named:
        path = Path(name)
        if path.is_dir():
            files += sorted(path.glob("*.json"))
        elif path.is_file():
            files.append(path)
        elif matching := sorted(glob.glob(name)):
            files += [Path(each) for each in matching]
        else:
            _stop(f"There is no file {name}.")
    if not files:
        _stop("There are no .json files in what was named.")
    return list(dict.fromkeys(files))


def _facility(code: str) -> UUID | None:
    if not code:
        return None
    with transaction(Actor.system("loader")) as session:
        card = facility_by_code(session, code)
    if card is None:
        _stop(f"There is no facility with the code {code}.")
    return card.id


def _imported(files: list[Path], *, facility_id: UUID | None, source: str) -> Account:
    account = Account()
    for file in _with_progress(files):
        account.bundles += 1
        try:
            account.add(_one(file, facility_id=facility_id, source=source))
        except BundleRefused as refusal:
            account.refuse(file, refusal)
    return account


def _one(file: Path, *, facility_id: UUID | None, source: str) -> Imported:
    """One bundle, one transaction: all of it or nothing."""
    try:
        raw = file.read_bytes()
    except OSError as fault:
        raise BundleRefused("file", f"cannot be read: {fault.strerror}") from fault
    bundle = read_bundle(raw, source=source)
    try:
        with transaction(Actor.system("loader")) as session:
            return import_bundle(session, bundle, facility_id=facility_id)
    except BundleRefused as refusal:
        refusal.resources = len(bundle.resources)
        raise
    except (IntegrityError, DataError) as fault:
        clash = BundleRefused("Bundle", "clashes with what another import stores at the same time; repeat it")
        clash.resources = len(bundle.resources)
        raise clash from fault


def _with_progress(files: list[Path]) -> Iterator[Path]:
    if not sys.stderr.isatty():
        yield from files
        return
    with click.progressbar(files, label="Importing", file=sys.stderr) as bar:
        yield from bar


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(COULD_NOT_RUN)


@click.command("rebuild-summaries")
@with_appcontext
def rebuild_summaries() -> None:
    """Draw every summary anew from the signed versions."""
    with reachable(current_settings(), LOADER) as url:
        connect(url, pool_size=1)
        with transaction(Actor.system("loader")) as session:
            drawn = redraw_all(session)
    click.echo(json.dumps({"summaries": drawn}))


@click.command("verify-record")
@with_appcontext
def verify_record() -> None:
    """Check every version and signature against its digests, and every version against the one before."""
    with reachable(current_settings(), LOADER) as url:
        connect(url, pool_size=1)
        with transaction(Actor.system("loader")) as session:
            checked, broken = broken_versions(session)
    click.echo(json.dumps({"versions": checked, "broken": broken}))
    raise SystemExit(1 if broken else 0)


COMMANDS = (import_fhir, rebuild_summaries, verify_record)
