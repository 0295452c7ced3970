"""How much of the smallest page's speed does each page keep, and does a large region make its statements touch more?

Ours does everything: the session is looked up, access is decided twice, the audit row is written and committed to disk, the
whole page is drawn. The floor of a page reads the same rows with one query and prints them. Both run under the same
gunicorn settings, are asked in turns, and stand on the same database. What a page's statements touch is asked of the
database: the pages of tables and indexes that it counts while it carries them out, in a large region and in a small one.
"""

import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import Engine

import app_factory
from benchmarks.large_region import LARGE, SECRET, SMALL, LargeRegion, Size, Visitor
from benchmarks.load_client import Load, Request, load
from benchmarks.serving import served
from dispatch_backend.services.actions import load_reference
from foundation.actor import Actor
from foundation.database import process_engines, transactions
from foundation.database.migrations import migrate
from foundation.postgres.embedded.address import ADMINISTRATOR, ServerAddress
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER, OWNER, WEB, libpq_url
from foundation.settings import load_settings
from tests.explaining import explain
from tests.ports import free_ports
from tests.wire import Wire, statements_in

QUICK = bool(os.environ.get("QUICK"))
BIG = Size(open_referrals=400, slots=50_000, entries=50_000) if QUICK else LARGE
ROUNDS, SECONDS = (1, 1) if QUICK else (7, 3)
CONNECTIONS = 8
VISITORS = 60
# How often a page is opened before it is measured: what happens once for a session has happened then.
SEEN_BEFORE = 3
OURS, FLOOR = "wsgi:create_web()", "benchmarks.smallest_pages:create_app()"
# What identity.authorization calls the cookies where there is no TLS.
COOKIES = {"citizen": "session_of_citizen", "doctor": "desk_session", "dispatcher": "desk_session"}


@dataclass(frozen=True)
class Page:
    """A page, who opens it, and where ours and the floor's stand for one visitor."""

    name: str
    role: str
    ours: str
    floor: str


PAGES = (
    Page("queue", "dispatcher", "/dispatch", "/queue/all"),
    Page("referral", "dispatcher", "/dispatch/referrals/{referral}", "/referral/{referral}"),
    Page("home", "citizen", "/my", "/home/{patient}"),
    Page("record", "citizen", "/my/timeline", "/record/{patient}"),
    Page("chart", "doctor", "/emr/patients/{patient}", "/chart/{patient}"),
    Page("access", "citizen", "/my/access", "/access/{patient}"),
)


@dataclass(frozen=True)
class Touched:
    """What one opening of a page asks of the database, and how large its answer is."""

    buffers: int
    round_trips: int
    kb: float


def main() -> None:
    with region_of(SMALL) as (address, region, _folder):
        small = touched_by_pages(address, region)
    with region_of(BIG) as (address, region, folder):
        large = touched_by_pages(address, region)
        rounds = measured(address, region, folder)
    detail: dict[str, float] = {}
    for page in PAGES:
        pairs, few, many = rounds[page.name], small[page.name], large[page.name]
        detail[f"{page.name}_ratio"] = round(ratio_of(pairs), 3)
        detail[f"{page.name}_growth"] = round(many.buffers / few.buffers, 2)
        detail[f"{page.name}_ms"] = round(statistics.median(ours.p50_ms for ours, _ in pairs), 1)
        detail[f"{page.name}_floor_ms"] = round(statistics.median(floor.p50_ms for _, floor in pairs), 1)
        detail[f"{page.name}_round_trips"] = many.round_trips
        detail[f"{page.name}_kb"] = round(many.kb, 1)
        detail[f"{page.name}_buffers"] = many.buffers
    slowest = min(PAGES, key=lambda page: detail[f"{page.name}_ratio"])
    ours, floor = (
        statistics.median(pair[side].per_second for pair in rounds[slowest.name]) for side in (0, 1)
    )
    print(
        json.dumps(
            {
                "bench": "pages",
                "ours": round(ours, 1),
                "reference": round(floor, 1),
                "ratio": detail[f"{slowest.name}_ratio"],
                "unit": "req/s",
                "reference_is": "the smallest Flask route: one psycopg2 query and Jinja over the same rows; "
                f"the page furthest from it, {slowest.name}",
                "n": ROUNDS,
                "detail": {**vars(BIG), **detail},
            }
        )
    )


@contextlib.contextmanager
def region_of(size: Size) -> Iterator[tuple[ServerAddress, LargeRegion, str]]:
    """A database of its own with a region of that size."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="center-") as folder, running(Path(folder)) as address:
        prepare(address)
        with contextlib.closing(LargeRegion(address, size)) as region:
            print(f"{size} after {time.perf_counter() - began:.0f} s", file=sys.stderr)
            yield address, region, folder


def prepare(address: ServerAddress) -> None:
    """The tables, and the services and legal terms that every region has."""
    migrate(address.url(OWNER))
    loader = process_engines.make_engine(address.url(LOADER), pool_size=1)
    with transactions.transaction(Actor.system("loader"), on=loader) as session:
        load_reference(session)
    loader.dispose()


def visitors_of(region: LargeRegion, role: str) -> list[Visitor]:
    signed_in = {"citizen": region.citizens, "doctor": region.doctors, "dispatcher": region.dispatchers}
    return signed_in[role](VISITORS)


def address_for(pattern: str, visitor: Visitor) -> str:
    return pattern.format(patient=visitor.patient_id, referral=visitor.referral_id)


def touched_by_pages(server: ServerAddress, region: LargeRegion) -> dict[str, Touched]:
    """Each page is opened in this process; what crossed the wire for it is then explained."""
    wire = Wire(server)
    settings = load_settings({"PROFILE": "test", "SECRET_KEY": SECRET, "LOG_LEVEL": "ERROR"})
    app = app_factory.create_app(settings)
    process_engines.connect(wire.address.url(WEB), pool_size=1)
    asking = process_engines.make_engine(server.url(WEB), pool_size=1)
    try:
        found = {}
        for page in PAGES:
            visitor = visitors_of(region, page.role)[0]
            browser = app.test_client()
            browser.set_cookie(COOKIES[page.role], visitor.token)
            kb = opened(browser, address_for(page.ours, visitor), wire)
            sent = list(wire.round_trips)
            # Of forty rows of the audit one begins a new page of its table, which this opening need not have done.
            buffers = min(touched(asking, sent, wire) for _ in range(3))
            found[page.name] = Touched(buffers, len(sent), kb)
        return found
    finally:
        asking.dispose()
        process_engines.disconnect()
        wire.close()


def touched(asking: Engine, sent: list[str], wire: Wire) -> int:
    return sum(each.buffers for each in explain(asking, statements_in(sent), wire.prepared))


def opened(browser: FlaskClient, address: str, wire: Wire) -> float:
    """Open the page until nothing about it is new; its last opening is what the wire remembers. The answer's size in kB."""
    for _ in range(SEEN_BEFORE):
        wire.round_trips.clear()
        answer = browser.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, (address, answer.status)
    return len(answer.data) / 1000


def measured(server: ServerAddress, region: LargeRegion, folder: str) -> dict[str, list[tuple[Load, Load]]]:
    """For each page rounds of ours and its floor in turns."""
    ports = free_ports()
    administrator = libpq_url(server.url(ADMINISTRATOR))
    asked = {}
    for page in PAGES:
        visitors = visitors_of(region, page.role)
        asked[page.name] = (
            [
                Request(address_for(page.ours, each), f"{COOKIES[page.role]}={each.token}")
                for each in visitors
            ],
            [Request(address_for(page.floor, each)) for each in visitors],
        )
    rounds: dict[str, list[tuple[Load, Load]]] = {page.name: [] for page in PAGES}
    with (
        served(OURS, ports, folder, secret=SECRET),
        served(FLOOR, ports + 1, folder, database=administrator, secret=SECRET),
    ):
        for warm in range(ROUNDS + 1):
            for name, (ours, floor) in asked.items():
                of_floor = load(ports + 1, floor, connections=CONNECTIONS, seconds=SECONDS if warm else 1)
                of_ours = load(ports, ours, connections=CONNECTIONS, seconds=SECONDS if warm else 1)
                if warm:
                    rounds[name].append((of_ours, of_floor))
        for name, pairs in rounds.items():
            told = ", ".join(f"{ours.per_second:.0f}/{floor.per_second:.0f}" for ours, floor in pairs)
            print(f"{name}: {told} req/s, {ratio_of(pairs):.3f}", file=sys.stderr)
    return rounds


def ratio_of(pairs: list[tuple[Load, Load]]) -> float:
    """The median of the ratios of each round: a slow minute of the machine is in both."""
    return statistics.median(ours.per_second / floor.per_second for ours, floor in pairs)


if __name__ == "__main__":
    main()
