"""Every page's statements in a large region: none reads a table that grows from end to end, and few cross the wire."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

import app_factory
from benchmarks.large_region import LARGE, SECRET, LargeRegion
from benchmarks.pages import COOKIES, prepare
from foundation.database import process_engines
from foundation.postgres.embedded.address import ServerAddress
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import WEB
from foundation.settings import load_settings
from identity.roles import STAFF_ROLES, Role
from tests.connections import own_connections
from tests.explaining import Explained, explain
from tests.plans.known import NOT_OPENED, NOTHING_TO_SHOW, REGISTERS, ROLES, ROUND_TRIPS, SEEN_BEFORE
from tests.plans.parts import (
    SHARE_OF_ENTRIES,
    SHARE_OF_STUDY,
    administrators_parts,
    let_outsiders_look,
    parts_of_a_record,
    registrars_parts,
)
from tests.wire import Wire, statements_in

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Opened:
    """An address that was opened, what crossed the wire for it, and how that was carried out."""

    status: int
    round_trips: int
    explained: list[Explained]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    """A database of its own: a million rows have no place beside other tests."""
    with running(Path(tmp_path_factory.mktemp("large")), durable=False) as address:
        prepare(address)
        yield address


@pytest.fixture(scope="module")
def region(server: ServerAddress) -> Iterator[LargeRegion]:
    made = LargeRegion(server, LARGE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def opened(server: ServerAddress, region: LargeRegion) -> Iterator[dict[str, Opened]]:
    """Every address that can be opened by GET, by its endpoint; opened as somebody whom it is open to."""
    wire = Wire(server)
    app = app_factory.create_app(
        load_settings({"PROFILE": "test", "SECRET_KEY": SECRET, "LOG_LEVEL": "CRITICAL"})
    )
    try:
        with own_connections():
            process_engines.connect(wire.address.url(WEB), pool_size=1)
            yield _open_all(app, region, server, wire)
    finally:
        wire.close()


def _open_all(app: Flask, region: LargeRegion, server: ServerAddress, wire: Wire) -> dict[str, Opened]:
    made = {"citizen": region.citizens, "doctor": region.doctors, "dispatcher": region.dispatchers}
    visitors = {role: make(1)[0] for role, make in made.items()}
    visitors |= {role: region.others(1, role)[0] for role in STAFF_ROLES if role not in visitors}
    parts = parts_of_a_record(region, visitors["doctor"])
    let_outsiders_look(region, visitors["doctor"].patient_id, str(parts["study_uid"]))
    desks = {Role.REGISTRAR: registrars_parts(region), Role.ADMINISTRATOR: administrators_parts(region)}
    asking = process_engines.make_engine(server.url(WEB), pool_size=1)
    opened = {}
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint in NOT_OPENED:
            continue
        roles = getattr(app.view_functions[rule.endpoint], "visitors", ("anybody",))
        side = next((each for each in (".desk.", ".shared.") if each in rule.endpoint), "")
        role = {".desk.": "doctor", ".shared.": "share"}.get(side) or ROLES[roles[0]]
        browser = app.test_client()
        if role == "share":
            of_study = rule.endpoint.startswith("archive.") or rule.endpoint == "portal.shared.show_study"
            browser.set_cookie("session_of_share", SHARE_OF_STUDY if of_study else SHARE_OF_ENTRIES)
        else:
            browser.set_cookie(COOKIES.get(role, COOKIES["doctor"]), visitors[role].token)
        own = desks.get(role, {})
        signed = role in ("citizen", "share")
        named = {**parts, **own, **({} if signed else {"entry_id": parts["unsigned_id"]})}
        _, address = rule.build({name: named[name] for name in rule.arguments})
        for _ in range(SEEN_BEFORE):
            wire.round_trips.clear()
            status = browser.get(address).status_code
        sent = list(wire.round_trips)
        opened[rule.endpoint] = Opened(status, len(sent), explain(asking, statements_in(sent), wire.prepared))
    asking.dispose()
    return opened


def test_no_page_reads_a_growing_table_from_end_to_end(opened):
    faults = {
        endpoint: scanned
        for endpoint, page in opened.items()
        if (scanned := [table for each in page.explained for table in growing_scans(each)])
    }

    assert sum(len(page.explained) for page in opened.values()) > len(opened)
    assert faults == {}


@pytest.mark.parametrize(
    "planted",
    [
        "SELECT count(*) FROM dispatch.slot WHERE taken IS false AND starts_at > now()",
        "SELECT (SELECT json_agg(reason) FROM emr.entry_version WHERE reason <> '')",
    ],
)
def test_a_scan_is_found_where_one_was_planted(server, region, planted):
    asking = process_engines.make_engine(server.url("postgres"), pool_size=1)
    (explained,) = explain(asking, [planted])
    asking.dispose()
    assert growing_scans(explained)


def test_every_address_takes_as_many_round_trips_as_is_known_of_it(opened):
    assert {endpoint: page.round_trips for endpoint, page in sorted(opened.items())} == ROUND_TRIPS
    assert ROUND_TRIPS["portal.timeline.show"] <= 3


def test_the_pages_were_shown(opened):
    """The plans of a page that was refused would say nothing."""
    shown = {endpoint for endpoint, page in opened.items() if page.status == 200}
    assert sorted(opened.keys() - shown) == sorted(NOTHING_TO_SHOW)


def growing_scans(explained: Explained) -> list[str]:
    return [table for table in explained.scanned() if table not in REGISTERS]
