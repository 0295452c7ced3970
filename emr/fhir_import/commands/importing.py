"""`import-fhir`: what other systems send, each resource accounted for in the closing line."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from emr.fhir_import.account import Account
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.actions.conflicts import raise_conflict
from emr.fhir_import.actions.parts import Imported
from emr.fhir_import.files.arrivals import Arrival, arrivals
from emr.fhir_import.files.naming import named_files
from emr.fhir_import.files.ranking import rank_of_type
from emr.fhir_import.files.unpacking import InputFile, Refused, opened
from emr.fhir_import.queries.known import known_entries
from emr.fhir_import.validation.bundles import UNNAMED_SOURCE, IncomingBundle
from emr.fhir_import.validation.refusals import BundleRefused, PatientConflict, Told
from foundation import logs
from foundation.commands.running import (
    Transactions,
    loader_transactions,
    progress,
    stop,
    with_readable_errors,
)
from foundation.errors import Busy
from identity.facilities.queries import facility_named

# Of those who wait for what a later file may bring so many are remembered; a region's worth of strangers is not.
MOST_WAITING = 100_000
OVERTAKEN = "was followed by a later version while its patient was not known yet"
FAULT_OF_OURS = "cannot be {what}: a fault of this program ({fault}), which the log tells of"
CLASH = "clashes with what another import stores at the same time; repeat it"


@click.command("import-fhir")
@click.argument("files", nargs=-1, required=True)
@click.option("--facility", default="", help="Code of the facility that cares for the patients from now on.")
@click.option(
    "--source", default=UNNAMED_SOURCE, help="Name of the sending system, where the files name none."
)
@with_readable_errors
def import_fhir(files: tuple[str, ...], facility: str, source: str) -> None:
    """Load FHIR R4 from files, folders or patterns: JSON, XML, lines of JSON, gzip, ZIP.

    Ends with 0 where everything was stored or known, 3 where some of it was refused, 1 where all was, 2 where the
    command could not run.
    """
    named = named_files(files)
    if named.missing:
        stop(f"There is no file or folder {named.missing}.")
    if not named.files:
        stop("There are no files of FHIR in what was named.")
    with loader_transactions() as transactions:
        with transactions() as session:
            facility_id = facility_named(session, facility).id if facility else None
        with Account(sys.stderr, sys.stdout) as account:
            for path in named.passed_over:
                account.skip(str(path), [Told("file", "is not called like a file of FHIR")])
            ImportRun(transactions, account, facility_id, source).take_in(named.files)
    sys.exit(account.exit_code)


@dataclass
class ImportRun:
    """One run of the command. One file's fault is that file's: the others are taken in."""

    transactions: Transactions
    account: Account
    facility_id: UUID | None
    source: str
    # Places in files whose resources are told of somebody whom nobody knows yet.
    waiting: dict[Path, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    waiting_count: int = 0
    came_late: set[tuple[str, str]] = field(default_factory=set)

    def take_in(self, files: list[Path]) -> None:
        with progress("Importing", total=len(files)) as on_progress:
            for number, path in enumerate(files, start=1):
                for arrival in self._arrivals(path):
                    self._take(path, arrival)
                on_progress(number)
            # Whoever was told of before they came is known by now, or is not coming.
            for path, places in self.waiting.items():
                self._take_waiting(path, places)

    def _arrivals(self, path: Path, *, again: bool = False) -> Iterator[Arrival]:
        try:
            for file in opened(path):
                if not again:
                    self.account.begin_bundle()
                yield from self._arrivals_of(file)
        except Exception as fault:
            yield Arrival(str(path), _unreadable(fault))

    def _arrivals_of(self, file: InputFile | Refused) -> Iterator[Arrival]:
        if isinstance(file, Refused):
            yield Arrival(file.name, file.refusal)
            return
        try:
            yield from arrivals(file, source=self.source)
        except Exception as fault:
            # The members of an archive that come after it are read for all that.
            yield Arrival(file.name, _unreadable(fault))

    def _take(self, path: Path, arrival: Arrival) -> None:
        name, bundle = arrival
        if isinstance(bundle, BundleRefused):
            self.account.refuse(name, bundle)
            return
        try:
            imported = self._imported(bundle)
        except BundleRefused as refusal:
            if not self._waits(path, name, [refusal]):
                self.account.refuse(name, refusal)
            return
        imported.refused = [each for each in imported.refused if not self._waits(path, name, [each])]
        self.account.add(name, imported)

    def _waits(self, path: Path, name: str, refusals: Iterable[Told | BundleRefused]) -> bool:
        """Whether this is remembered, to be tried once more when every file was read."""
        places = {each.where for each in refusals if each.unknown_subject}
        if not places or self.waiting_count >= MOST_WAITING:
            return False
        self.waiting_count += len(places)
        self.waiting[path].setdefault(name, set()).update(places)
        return True

    def _take_waiting(self, path: Path, places: dict[str, set[str]]) -> None:
        for name, bundle in self._arrivals(path, again=True):
            if isinstance(bundle, BundleRefused) or name not in places:
                continue
            waited = self._without_overtaken(name, _only(bundle, places[name]))
            try:
                self.account.add(name, self._imported(waited))
            except BundleRefused as refusal:
                self.account.refuse(name, refusal)

    def _without_overtaken(self, name: str, waited: IncomingBundle) -> IncomingBundle:
        """Without those of which a later version was taken in while they waited."""
        if not waited.independent and len(waited.resources) > 1:
            return waited
        with self.transactions() as session:
            known = known_entries(session, [each.identity for each in waited.resources])
        overtaken = {each.identity for each in waited.resources if each.identity in known} - self.came_late
        self.came_late.update(each.identity for each in waited.resources)
        for each in waited.resources:
            if each.identity in overtaken:
                self.account.skip(name, [Told(each.where, OVERTAKEN)])
        kept = tuple(each for each in waited.resources if each.identity not in overtaken)
        return replace(waited, resources=kept)

    def _imported(self, bundle: IncomingBundle) -> Imported:
        """A bundle in one transaction; where that breaks, independent resources in one each."""
        try:
            return self._in_one_transaction(bundle)
        except BundleRefused as refusal:
            if not bundle.independent or len(bundle.resources) < 2:
                refusal.resources = refusal.resources or len(bundle.resources)
                raise
        imported = Imported(refused=list(bundle.refused), skipped=list(bundle.skipped))
        for one in _one_by_one(bundle):
            try:
                imported.add(self._in_one_transaction(one))
            except BundleRefused as refusal:
                imported.refused.append(Told(one.resources[0].where, refusal.why))
        return imported

    def _in_one_transaction(self, bundle: IncomingBundle) -> Imported:
        try:
            return self._imported_or_waiting(bundle)
        except (BundleRefused, Busy, OperationalError):
            raise
        except (IntegrityError, DataError) as fault:
            logs.fault("import.clashed", fault)
            raise BundleRefused("Bundle", CLASH) from fault
        except Exception as fault:
            # A fault of ours that one resource brings to light must not keep the others out.
            logs.fault("import.failed", fault)
            why = FAULT_OF_OURS.format(what="taken in", fault=type(fault).__name__)
            raise BundleRefused("Bundle", why) from fault

    def _imported_or_waiting(self, bundle: IncomingBundle) -> Imported:
        try:
            with self.transactions() as session:
                return import_bundle(session, bundle, facility_id=self.facility_id)
        except PatientConflict as conflict:
            with self.transactions() as session:
                raise_conflict(session, conflict, bundle, facility_id=self.facility_id)
            raise


def _unreadable(fault: Exception) -> BundleRefused:
    if isinstance(fault, OSError):
        return BundleRefused("file", f"cannot be read: {fault.strerror or fault}")
    logs.fault("import.unreadable", fault)
    return BundleRefused("file", FAULT_OF_OURS.format(what="read", fault=type(fault).__name__))


def _only(bundle: IncomingBundle, places: set[str]) -> IncomingBundle:
    """What waited of a bundle: independent resources alone, else all that belongs together."""
    if not bundle.independent:
        return bundle
    waited = tuple(each for each in bundle.resources if any(place.startswith(each.where) for place in places))
    return replace(bundle, resources=waited, beside=bundle.resources, refused=(), skipped=())


def _one_by_one(bundle: IncomingBundle) -> Iterator[IncomingBundle]:
    """Each resource by itself, what others refer to before those who refer to it."""
    ordered = sorted(bundle.resources, key=lambda each: rank_of_type(each.resource_type))
    for number, each in enumerate(ordered):
        yield IncomingBundle((each,), independent=True, beside=tuple(ordered[:number]))
