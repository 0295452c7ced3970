"""How much sooner is a year of the ministry's numbers read as it was counted than counted again, and is it the same?

The region has as many referrals as a year of a large one. Ours reads every quarter as the analyst's page does; the reference counts the
quarters again from the events, at the moment for which they were counted. Both are asked in turns, in one process; then each
quarter's digest is compared with that of the count that is kept.
"""

import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.large_region import LargeRegion, Size
from benchmarks.pages import prepare
from dispatch_backend.reports.actions import count_once_a_day, counts_that_differ
from dispatch_backend.reports.queries.counting import count_quarters
from dispatch_backend.reports.queries.counts import newest_counts, programme
from foundation.actor import Actor, ActorKind
from foundation.database.process_engines import make_engine
from foundation.database.transactions import transaction
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import WEB, WORKER
from identity.roles import Role

QUICK = bool(os.environ.get("QUICK"))
# For each open referral there are ten that were served.
SIZE = (
    Size(open_referrals=1_000, slots=30_000, entries=50_000)
    if QUICK
    else Size(open_referrals=20_000, slots=600_000, entries=500_000)
)
ROUNDS = 3 if QUICK else 9
ANALYST = Actor(ActorKind.STAFF, role=Role.MINISTRY_ANALYST)


@dataclass(frozen=True)
class Round:
    """Milliseconds of one reading and of one counting."""

    read: float
    counted: float


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="center-") as folder, running(Path(folder)) as address:
        prepare(address)
        with contextlib.closing(LargeRegion(address, SIZE)):
            web, worker = (make_engine(address.url(role), pool_size=1) for role in (WEB, WORKER))
            with transaction(Actor.system("worker"), on=worker) as session:
                count_once_a_day(session)
            with transaction(ANALYST, on=web) as session:
                page = programme(session)
            cut_off = page.counted_at
            assert cut_off is not None and page.years, "nothing was counted"

            def read() -> None:
                with transaction(ANALYST, on=web) as session:
                    programme(session)

            def count() -> None:
                with transaction(Actor.system("worker"), on=worker) as session:
                    count_quarters(session, cut_off=cut_off)

            rounds = [Round(milliseconds(read), milliseconds(count)) for _ in range(ROUNDS)]
            with transaction(Actor.system("worker"), on=worker) as session:
                differing = list(counts_that_differ(session))
                quarters = [each for each in newest_counts(session) if each.lines]
            web.dispose()
            worker.dispose()
    for each in rounds:
        print(f"read {each.read:.1f} ms, counted {each.counted:.1f} ms", file=sys.stderr)
    print(
        json.dumps(
            {
                "bench": "reports",
                "ours": round(statistics.median(each.read for each in rounds), 2),
                "reference": round(statistics.median(each.counted for each in rounds), 1),
                "ratio": round(statistics.median(each.counted / each.read for each in rounds), 1),
                "unit": "ms",
                "reference_is": "every quarter counted again from its events, at the same moment",
                "n": ROUNDS,
                "detail": {
                    "referrals": sum(each.total.referred for each in quarters),
                    "quarters": len(quarters),
                    "differing": len(differing),
                },
            }
        )
    )


def milliseconds(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    main()
