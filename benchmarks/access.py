"""What do chart, queue and timeline cost under the policy, measured against the simple facility rule before it?

Both stand on the same rows: the reference's database is a copy of ours whose row security keeps to the simple rule. What
their statements touch is asked of the database. What a page costs is the processor time of the server's processes and of
the database's while it is asked for again and again, ours and the reference in turns.
"""

import contextlib
import json
import os
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil
from sqlalchemy import create_engine, text

from benchmarks import facility_rule
from benchmarks.large_region import SECRET, LargeRegion, Size, Visitor
from benchmarks.load_client import Request, load
from benchmarks.pages import COOKIES, OURS, PAGES, Page, address_for, region_of, touched_by_pages, visitors_of
from benchmarks.serving import served
from foundation.postgres.embedded.address import ADMINISTRATOR, DATABASE, ServerAddress
from tests.ports import free_ports

QUICK = bool(os.environ.get("QUICK"))
SIZE = (
    Size(open_referrals=400, slots=50_000, entries=50_000)
    if QUICK
    else Size(open_referrals=2_000, slots=200_000, entries=1_000_000)
)
ROUNDS, SECONDS = (2, 1) if QUICK else (9, 3)
CONNECTIONS = 8
REFERENCE = "benchmarks.facility_rule:create_web()"
# The timeline stands under the name of its page.
NAMES = {"chart": "chart", "queue": "queue", "record": "timeline"}
ASKED = [page for page in PAGES if page.name in NAMES]


@dataclass(frozen=True)
class SignedIn:
    """The region's visitors, signed in before the database was copied: their sessions stand in both."""

    citizens: Callable[[int], list[Visitor]]
    doctors: Callable[[int], list[Visitor]]
    dispatchers: Callable[[int], list[Visitor]]

    @classmethod
    def of(cls, region: LargeRegion) -> "SignedIn":
        known = {role: visitors_of(region, role) for role in ("citizen", "doctor", "dispatcher")}
        return cls(*(lambda count, role=role: known[role][:count] for role in known))  # type: ignore[misc]


@dataclass(frozen=True)
class Cost:
    """Of one page: milliseconds of processor time, server and database together."""

    ours: float
    reference: float


def main() -> None:
    with region_of(SIZE) as (address, region, folder):
        visitors = SignedIn.of(region)
        region.close()
        copy_database(address)
        ours = touched_by_pages(address, visitors)  # type: ignore[arg-type]
        with facility_rule.kept():
            reference = touched_by_pages(address, visitors)  # type: ignore[arg-type]
        costs = measured(visitors, folder)
    detail: dict[str, float] = {}
    for page in ASKED:
        name, paid = NAMES[page.name], costs[page.name]
        detail[f"{name}_cpu_ratio"] = round(statistics.median(each.ours / each.reference for each in paid), 3)
        detail[f"{name}_cpu_ms"] = round(statistics.median(each.ours for each in paid), 2)
        detail[f"{name}_buffers"] = ours[page.name].buffers
        detail[f"{name}_reference_buffers"] = reference[page.name].buffers
    touched, before = (sum(each[page.name].buffers for page in ASKED) for each in (ours, reference))
    total = statistics.median(
        sum(costs[page.name][at].ours for page in ASKED)
        / sum(costs[page.name][at].reference for page in ASKED)
        for at in range(ROUNDS)
    )
    print(
        json.dumps(
            {
                "bench": "access",
                "ours": round(sum(detail[f"{name}_cpu_ms"] for name in NAMES.values()), 2),
                "reference": round(sum(detail[f"{name}_cpu_ms"] for name in NAMES.values()) / total, 2),
                "ratio": round(total, 3),
                "unit": "ms of processor time for one chart, one queue and one timeline",
                "reference_is": "the same pages under the simple facility rule, in a copy of the database",
                "n": ROUNDS,
                "detail": {
                    **vars(SIZE),
                    "buffers_ratio": round(touched / before, 3),
                    **detail,
                },
            }
        )
    )


def copy_database(address: ServerAddress) -> None:
    """The reference's database: the same rows under the simple rule."""
    administrator = create_engine(
        address.url(ADMINISTRATOR, database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with administrator.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {facility_rule.DATABASE} TEMPLATE {DATABASE}"))
    administrator.dispose()
    copy = create_engine(address.url(ADMINISTRATOR, database=facility_rule.DATABASE))
    with copy.begin() as connection:
        facility_rule.simplify(connection)
    with copy.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    copy.dispose()


def measured(visitors: SignedIn, folder: str) -> dict[str, list[Cost]]:
    """For each page rounds of ours and the reference in turns."""
    ports = free_ports()
    costs: dict[str, list[Cost]] = {page.name: [] for page in ASKED}
    with (
        served(OURS, ports, folder, secret=SECRET),
        served(REFERENCE, ports + 1, folder, secret=SECRET),
    ):
        for warm in range(ROUNDS + 1):
            for page in ASKED:
                requests = _requests(page, visitors)
                # The one that begins changes, so that neither always finds what the other has warmed.
                ways = [ports, ports + 1] if warm % 2 else [ports + 1, ports]
                paid = {port: _paid(port, requests) for port in ways}
                if warm:
                    costs[page.name].append(Cost(paid[ports], paid[ports + 1]))
                print(f"{page.name}: {paid[ports]:.2f} and {paid[ports + 1]:.2f} ms", file=sys.stderr)
    return costs


def _requests(page: Page, visitors: SignedIn) -> list[Request]:
    return [
        Request(address_for(page.ours, each), f"{COOKIES[page.role]}={each.token}")
        for each in visitors_of(visitors, page.role)  # type: ignore[arg-type]
    ]


def _paid(port: int, requests: Sequence[Request]) -> float:
    """Milliseconds of processor time for one answer: of all our processes, as the other side rests meanwhile."""
    before = _spent_s()
    answered = load(port, list(requests), connections=CONNECTIONS, seconds=SECONDS)
    return (_spent_s() - before) / (answered.per_second * SECONDS) * 1000


def _spent_s() -> float:
    """Seconds that the servers and the database have used since they began, with those of theirs that have ended."""
    spent = 0.0
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            of = process.cpu_times()
            spent += of.user + of.system + of.children_user + of.children_system
    return spent


if __name__ == "__main__":
    main()
