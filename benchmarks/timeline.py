"""How much of the smallest page's speed does the timeline keep, and does a large region slow it down?

Ours does everything that a citizen's page does: the session is looked up, access is decided twice, the audit row is
written and committed to disk. The floor reads the same rows with one query and prints them. Both run under the same
gunicorn settings, are asked in turns, and stand on the same database.
"""

import contextlib
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.load_client import Load, Request, load
from benchmarks.many_entries import Region
from benchmarks.serving import served
from foundation.database.migrations import migrate
from foundation.postgres.embedded.address import ADMINISTRATOR
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import OWNER, libpq_url
from tests.ports import free_ports

QUICK = bool(os.environ.get("QUICK"))
SMALL, LARGE = 10_000, (50_000 if QUICK else 1_000_000)
ROUNDS, SECONDS = (2, 2) if QUICK else (5, 5)
CONNECTIONS = 8
READERS = 100
OURS, FLOOR = "wsgi:create_web()", "benchmarks.smallest_timeline:create_app()"
# What identity.authorization calls the citizen's cookie where there is no TLS.
CITIZEN_COOKIE = "session_of_citizen"


def main() -> None:
    ports = free_ports()
    with tempfile.TemporaryDirectory(prefix="center-") as folder, running(Path(folder)) as address:
        migrate(address.url(OWNER))
        with (
            contextlib.closing(Region(address)) as region,
            served(OURS, ports, folder),
            served(FLOOR, ports + 1, folder, database=libpq_url(address.url(ADMINISTRATOR))),
        ):
            small = measured(region, SMALL, ports)
            large = measured(region, LARGE, ports)
    ours = statistics.median(each.per_second for each, _ in large)
    floor = statistics.median(each.per_second for _, each in large)
    small_p50, large_p50 = (statistics.median(each.p50_ms for each, _ in size) for size in (small, large))
    print(
        json.dumps(
            {
                "bench": "timeline",
                "ours": round(ours, 1),
                "reference": round(floor, 1),
                "ratio": round(ours / floor, 2),
                "unit": "req/s",
                "reference_is": "the smallest Flask route: one psycopg2 query and Jinja over the same 25 rows",
                "n": ROUNDS,
                "detail": {
                    "entries": LARGE,
                    "p50_ms": round(large_p50, 2),
                    "p50_small_ms": round(small_p50, 2),
                    "growth": round(large_p50 / small_p50, 2),
                    "p95_ms": round(statistics.median(each.p95_ms for each, _ in large), 2),
                    "reference_p95_ms": round(statistics.median(each.p95_ms for _, each in large), 2),
                },
            }
        )
    )


def measured(region: Region, entries: int, ports: int) -> list[tuple[Load, Load]]:
    """Ours and the floor in turns, with that many entries in the database."""
    began = time.perf_counter()
    region.grow_to(entries)
    print(f"{entries} entries after {time.perf_counter() - began:.0f} s", file=sys.stderr)
    readers = random.sample(region.patients, READERS)
    tokens = region.sign_in(readers)
    ours = [Request("/my/timeline", f"{CITIZEN_COOKIE}={token}") for token in tokens]
    floor = [Request(f"/{patient_id}") for patient_id in readers]
    load(ports, ours, connections=CONNECTIONS, seconds=1)
    load(ports + 1, floor, connections=CONNECTIONS, seconds=1)
    rounds = []
    for _ in range(ROUNDS):
        of_floor = load(ports + 1, floor, connections=CONNECTIONS, seconds=SECONDS)
        of_ours = load(ports, ours, connections=CONNECTIONS, seconds=SECONDS)
        print(f"ours {of_ours.per_second:.0f}, floor {of_floor.per_second:.0f} req/s", file=sys.stderr)
        rounds.append((of_ours, of_floor))
    return rounds


if __name__ == "__main__":
    main()
