"""Who tries to sign in too often from one address waits a minute; everybody else does not."""

import subprocess
import sys
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from foundation.database import process_engines
from foundation.errors import Busy, RateLimited
from foundation.postgres.roles import WEB
from foundation.sealing import token_digest
from foundation.shared_counts import SWEPT_AT_ONCE, SharedCounts
from identity.signing_in.routes.rate_limits import RateLimit, client_address
from tests.connections import own_connections

NOWHERE = "postgresql://center_web:secret@127.0.0.1:1/nothing"


@pytest.fixture(autouse=True)
def nobody_has_tried(app):
    """The counts stand in the database: empty before each test, and after it."""
    SharedCounts().reset()
    yield
    SharedCounts().reset()


@pytest.fixture
def rate_limit():
    return RateLimit("tried", 2)


@pytest.fixture
def rows(engines):
    """Asks the table as the server's administrator."""

    def asked(statement):
        with engines["administrator"].begin() as connection:
            answer = connection.execute(text(statement))
            return answer.scalars().all() if answer.returns_rows else None

    return asked


def test_a_minute_later_it_may_be_tried_again(rate_limit, rows):
    rate_limit.hit("192.0.2.1")
    rate_limit.hit("192.0.2.1")
    with pytest.raises(RateLimited):
        rate_limit.hit("192.0.2.1")

    [left] = rows(
        "SELECT ends_at - now() BETWEEN interval '50 s' AND interval '60 s' FROM foundation.shared_count"
    )
    rows("UPDATE foundation.shared_count SET ends_at = ends_at - interval '1 minute'")

    assert left
    rate_limit.hit("192.0.2.1")
    assert rows("SELECT times FROM foundation.shared_count") == [1]


def test_going_on_trying_does_not_prolong_the_wait(rate_limit, rows):
    began = rows("SELECT now()")
    for _ in range(2):
        rate_limit.hit("192.0.2.1")
    [ends] = rows("SELECT ends_at FROM foundation.shared_count")

    with pytest.raises(RateLimited):
        rate_limit.hit("192.0.2.1")

    assert rows("SELECT ends_at FROM foundation.shared_count") == [ends]
    assert ends > began[0]


def test_what_is_only_asked_is_not_counted(rate_limit, rows):
    for _ in range(5):
        rate_limit.check("192.0.2.1")

    assert rows("SELECT times FROM foundation.shared_count") == []


def test_what_was_noted_is_refused_before_the_next(rate_limit):
    rate_limit.record("192.0.2.1")
    rate_limit.check("192.0.2.1")
    rate_limit.record("192.0.2.1")

    with pytest.raises(RateLimited):
        rate_limit.check("192.0.2.1")


def test_one_address_and_one_act_do_not_slow_another(rate_limit):
    for _ in range(2):
        rate_limit.hit("192.0.2.1")

    rate_limit.hit("192.0.2.2")
    RateLimit("another", 2).hit("192.0.2.1")


def test_without_an_address_nothing_is_counted(rate_limit, rows):
    for _ in range(5):
        rate_limit.hit("")

    assert rows("SELECT count(*) FROM foundation.shared_count") == [0]


@pytest.fixture
def two_processes(app, postgres):
    """Each with a way to tell it what to try, and to hear how often it was let through."""
    words = [sys.executable, "-m", "tests.identity.counting_process", postgres.url(WEB)]
    with ExitStack() as started:
        yield [
            started.enter_context(
                subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(2)
        ]


def tell(process, address, tries):
    process.stdin.write(f"{address} {tries}\n")
    process.stdin.flush()


def let_through(process):
    return int(process.stdout.readline())


def test_what_one_process_has_counted_another_knows(two_processes):
    one, other = two_processes
    passed = []
    for process in (one, other, one):
        tell(process, "192.0.2.1", 40)
        passed.append(let_through(process))

    assert passed == [40, 20, 0]


def test_two_processes_at_once_lose_no_count(two_processes):
    for process in two_processes:
        tell(process, "192.0.2.1", 100)

    assert sum(let_through(process) for process in two_processes) == 60


def test_what_is_over_is_swept_by_those_who_come(rate_limit, rows):
    rows(
        "INSERT INTO foundation.shared_count SELECT 'old ' || n, 1, now() - interval '1 second' "
        f"FROM generate_series(1, {2 * SWEPT_AT_ONCE + 1}) n"
    )

    left = []
    for n in range(3):
        rate_limit.hit(f"192.0.2.{n}")
        left += rows("SELECT count(*) FROM foundation.shared_count WHERE key LIKE 'old %'")

    assert left == [SWEPT_AT_ONCE + 1, 1, 0]
    assert rows("SELECT count(*) FROM foundation.shared_count") == [3]


def test_the_storage_answers_everything_that_the_library_asks(rate_limit):
    counts = SharedCounts()

    assert counts.check()
    assert (counts.incr("x", 60), counts.incr("x", 60, 3), counts.get("x"), counts.get("y")) == (1, 4, 4, 0)
    assert 50 < counts.get_expiry("x") - counts.get_expiry("y") <= 60
    counts.clear("x")
    assert counts.get("x") == 0
    counts.incr("y", 60)
    assert counts.reset() == 1


def test_a_table_that_a_crash_empties_costs_no_disk(rows):
    assert rows("SELECT relpersistence FROM pg_class WHERE relname = 'shared_count'") == ["u"]


@pytest.fixture
def no_database(app):
    gone = process_engines.make_engine(NOWHERE, pool_size=1)
    with own_connections(gone):
        yield
    gone.dispose()


def test_without_the_database_nobody_gets_through(rate_limit, no_database):
    for refused in (rate_limit.hit, rate_limit.check, rate_limit.record):
        with pytest.raises(Busy):
            refused("192.0.2.1")


def test_without_the_database_signing_in_is_refused_for_now(client, no_database):
    answer = client.post("/sign-in/demo", headers={"X-Forwarded-For": "198.51.100.7"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        # Whatever stands before the last address was written by the visitor.
        ("203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        # As proxies of some clouds write them.
        ("198.51.100.7:51234", "198.51.100.7"),
        ("[2001:db8:1:2::1]:51234", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("[::ffff:198.51.100.7]:8080", "198.51.100.7"),
        ("127.0.0.1:51234", ""),
        ("unknown", "unreadable"),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("", ""),
    ],
)
def test_who_is_counted(app, client, forwarded, counted, monkeypatch):
    seen = []
    monkeypatch.setitem(
        app.view_functions, "foundation.health.live", lambda: seen.append(client_address()) or ""
    )
    client.get("/healthz", headers={"X-Forwarded-For": forwarded} if forwarded else {})

    assert seen == [counted]


def test_pictures_on_a_foreign_page_use_up_nothing_that_a_clinic_may_fail(client):
    from_there = {
        "X-Forwarded-For": "198.51.100.9",
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Dest": "image",
    }
    answers = [client.get("/sign-in/demo/callback?state=x", headers=from_there) for _ in range(25)]

    assert {answer.status_code for answer in answers} == {400}


def test_failed_returns_from_one_address_are_answered_with_a_pause(client):
    # A refusal takes the attempt's cookie away; whoever means to go on guessing sends it again.
    attempt_cookie = f"sign_in_{token_digest('x').hex()[:16]}"
    client, begun = client.application.test_client(use_cookies=False), {"Cookie": f"{attempt_cookie}=begun"}
    from_there = begun | {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    answers = [client.get("/sign-in/demo/callback?state=x", headers=from_there) for _ in range(25)]
    forged = client.get(
        "/sign-in/demo/callback?state=x", headers=begun | {"X-Forwarded-For": "203.0.113.10, 198.51.100.7"}
    )
    elsewhere = client.get(
        "/sign-in/demo/callback?state=x", headers=begun | {"X-Forwarded-For": "198.51.100.8"}
    )

    assert [answer.status_code for answer in answers].count(429) == 5
    assert answers[-1].headers["Retry-After"] == "60"
    assert (forged.status_code, elsewhere.status_code) == (429, answers[0].status_code)
