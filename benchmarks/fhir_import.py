"""How fast are bundles of other systems taken in, beside storing each resource as it came, and does memory grow?

Ours is what `import-fhir` does once it runs: each bundle checked, its references followed, stored as signed versions, its
lines drawn and the audit written, in one durable transaction. The reference reads the same files in the same order and
inserts each resource into (uuid primary key, jsonb), with a durable commit for each. Both take their turns in one run.
"""

import io
import json
import os
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg2

from benchmarks.fhir_bundles import write_bundles
from emr.fhir_import.account import Account
from emr.fhir_import.commands.importing import ImportRun
from foundation import clock, sealing
from foundation.actor import Actor
from foundation.database.migrations import migrate
from foundation.database.process_engines import connect, disconnect
from foundation.database.transactions import transaction
from foundation.postgres.embedded.address import ADMINISTRATOR, ServerAddress
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER, OWNER, libpq_url

QUICK = bool(os.environ.get("QUICK"))
ROUNDS, BUNDLES_A_ROUND = (3, 3) if QUICK else (5, 8)
# Memory after so many bundles, and after ten times as many.
WEIGHED, TIMES = (3, 10) if QUICK else (8, 10)
SOURCE = "https://elsewhere.example"
KIB_IN_MIB = 1024


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="center-") as folder,
        tempfile.TemporaryDirectory(prefix="bundles-") as bundles,
        running(Path(folder)) as address,
        loader(address),
        closing(psycopg2.connect(libpq_url(address.url(ADMINISTRATOR)))) as plain,
    ):
        prepare(plain)
        growth, peak_mib = memory_growth(Path(bundles))
        rates: dict[str, list[float]] = {"ours": [], "reference": []}
        for number in range(ROUNDS):
            files = write_bundles(Path(bundles), BUNDLES_A_ROUND, seed=1000 + number)
            acts = [
                ("ours", lambda files=files: take_in(files)),
                ("reference", lambda files=files: insert_each(plain, files)),
            ]
            # Whoever comes second finds the files in the cache; each does as often.
            for name, act in acts if number % 2 else reversed(acts):
                began = time.perf_counter()
                count = act()
                rates[name].append(count / (time.perf_counter() - began))
            print({name: round(found[-1]) for name, found in rates.items()}, file=sys.stderr)
    ours, reference = (statistics.median(rates[name]) for name in ("ours", "reference"))
    ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates["reference"], strict=True))
    print(
        json.dumps(
            {
                "bench": "fhir_import",
                "ours": round(ours),
                "reference": round(reference),
                "ratio": round(ratio, 2),
                "unit": "resources/s",
                "reference_is": "one INSERT into (uuid primary key, jsonb) and one durable commit for each resource",
                "n": ROUNDS,
                "detail": {"memory_growth": round(growth, 2), "peak_mib": round(peak_mib)},
            }
        )
    )


@contextmanager
def loader(address: ServerAddress) -> Iterator[None]:
    clock.set_zone("Asia/Yekaterinburg")
    sealing.set_key(secrets.token_urlsafe(32))
    migrate(address.url(OWNER))
    connect(address.url(LOADER))
    try:
        yield
    finally:
        disconnect()


def prepare(plain: psycopg2.extensions.connection) -> None:
    with plain, plain.cursor() as cursor:
        cursor.execute("CREATE TABLE plain_resource (id uuid PRIMARY KEY, content jsonb NOT NULL)")
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


def memory_growth(folder: Path) -> tuple[float, float]:
    """The peak after ten times the bundles as a multiple of the peak after the first ones, and that peak in MiB."""
    take_in(write_bundles(folder, WEIGHED, seed=1))
    before = peak_kib()
    take_in(write_bundles(folder, WEIGHED * TIMES, seed=2))
    return peak_kib() / before, peak_kib() / KIB_IN_MIB


def peak_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def take_in(files: Sequence[Path]) -> int:
    closing_line = io.StringIO()
    with Account(sys.stderr, closing_line) as account:
        ImportRun(lambda: transaction(Actor.system("loader")), account, None, SOURCE).take_in(list(files))
    account_of_all = json.loads(closing_line.getvalue())
    assert account_of_all["refused"] == []
    return int(account_of_all["resources"])


def insert_each(plain: psycopg2.extensions.connection, files: Sequence[Path]) -> int:
    count = 0
    for file in files:
        for entry in json.loads(file.read_bytes())["entry"]:
            with plain, plain.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO plain_resource VALUES (%s, %s)",
                    (str(uuid4()), json.dumps(entry["resource"])),
                )
            count += 1
    return count


if __name__ == "__main__":
    main()
