"""What is told to whoever watches the service, and where."""

import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import requests
from sqlalchemy import text

from foundation import own_folder
from foundation.database import process_engines
from foundation.metrics.exposition import Gauge, exposition
from foundation.metrics.figures import Pulse, figures
from foundation.metrics.server import AT_ONCE, KEPT_FOR_S, ToldOnce, serving
from foundation.outbox import OutboxMessage, announce
from foundation.postgres.roles import WORKER
from foundation.verifications import last_verifications
from tests.connections import own_connections
from tests.ports import free_port


def test_figures_are_written_as_collectors_read_them():
    waiting = Gauge("waiting_messages", "Messages that wait.", {('a"b\\c\nd',): 2.0}, ("topic",))

    assert exposition([Gauge("free_bytes", "Room left.", {(): 1.5}), waiting]) == (
        "# HELP free_bytes Room left.\n"
        "# TYPE free_bytes gauge\n"
        "free_bytes 1.5\n"
        "# HELP waiting_messages Messages that wait.\n"
        "# TYPE waiting_messages gauge\n"
        'waiting_messages{topic="a\\"b\\\\c\\nd"} 2.0\n'
    )


@pytest.fixture
def told(app, engines, tmp_path):
    """The figures by their names, asked as the worker asks."""
    with own_connections(engines[WORKER]):
        yield lambda: {each.name: each.values for each in figures(tmp_path, Pulse())}


def test_room_is_told(told, monkeypatch):
    monkeypatch.setattr(own_folder.os, "statvfs", lambda _path: SimpleNamespace(f_bavail=256, f_frsize=4096))

    assert told()["center_disk_free_bytes"] == {(): 2.0**20}


def test_the_oldest_message_of_each_topic_is_told(told, as_loader, as_administrator):
    topic = ("referral.test",)
    with as_loader() as session:
        announce(session, *topic, {})
        announce(session, *topic, {})
    ages = (
        "UPDATE foundation.outbox_message SET announced_at = now() - interval '1 hour', attempts = 1, "
        "due_at = 'infinity' WHERE id = (SELECT min(id::text)::uuid FROM foundation.outbox_message WHERE topic = :topic)"
    )
    with as_administrator() as connection:
        connection.execute(text(ages), {"topic": topic[0]})
    try:
        figures_now = told()
    finally:
        with as_administrator() as connection:
            connection.execute(OutboxMessage.__table__.delete().where(OutboxMessage.topic == topic[0]))

    assert figures_now["center_outbox_waiting"][topic] == 2
    assert figures_now["center_outbox_failed"][topic] == 1
    assert 3600 <= figures_now["center_outbox_oldest_seconds"][topic] < 3700
    assert topic not in told()["center_outbox_waiting"]


def test_each_history_that_was_gone_through_is_told(told, command, as_worker):
    command("verify-dispatch")

    figures_now = told()

    with as_worker() as session:
        names = {(each.name,): each.breaks for each in last_verifications(session)}
    assert ("dispatch",) in names
    assert figures_now["center_verification_breaks"] == names
    assert figures_now["center_verification_age_seconds"].keys() == names.keys()
    assert 0 <= figures_now["center_verification_age_seconds"][("dispatch",)] < 60


def test_a_database_that_is_away_is_a_figure_too(app, tmp_path):
    nowhere = process_engines.make_engine("postgresql+psycopg2://x@127.0.0.1:1/x", pool_size=1)

    with own_connections(nowhere):
        told = {each.name: each.values for each in figures(tmp_path, Pulse())}

    assert told["center_database_up"] == {(): 0.0}
    assert {"center_disk_free_bytes", "center_worker_last_seen_seconds"} < told.keys()


def test_the_database_is_told_as_well(told):
    figures_now = told()

    assert figures_now["center_database_up"] == {(): 1.0}
    assert figures_now["center_database_size_bytes"][()] > 1e6
    assert figures_now["center_database_connections"][()] >= 1


def test_figures_are_told_on_loopback_alone():
    port = free_port()
    with serving(port, lambda: "free_bytes 1\n"):
        answer = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10)
        other = requests.get(f"http://127.0.0.1:{port}/", timeout=10)
        elsewhere = {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for address in elsewhere - {"127.0.0.1"}:
            with pytest.raises(OSError), contextlib.closing(socket.create_connection((address, port), 2)):
                pass

    assert (answer.status_code, answer.text) == (200, "free_bytes 1\n")
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "Server" not in answer.headers
    assert other.status_code == 404


def test_however_many_look_the_figures_are_asked_for_once():
    asked, at_once = [], threading.Semaphore(1)

    def tell() -> str:
        assert at_once.acquire(blocking=False)
        asked.append("asked")
        time.sleep(0.2)
        at_once.release()
        return f"times_asked {len(asked)}\n"

    port = free_port()
    with serving(port, tell), ThreadPoolExecutor(20) as crowd:
        answers = list(
            crowd.map(lambda _: requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text, range(40))
        )

    assert set(answers) == {"times_asked 1\n"}


def test_figures_are_asked_for_anew_when_they_are_old():
    clock, asked = [0.0], []
    told = ToldOnce(lambda: asked.append("asked") or str(len(asked)), clock=lambda: clock[0])

    answers = []
    for clock[0] in (0.0, KEPT_FOR_S - 0.1, KEPT_FOR_S + 0.1):
        answers.append(told())

    assert answers == ["1", "1", "2"]


def test_a_crowd_that_says_nothing_takes_a_few_threads_and_keeps_nobody_from_asking():
    port = free_port()
    with serving(port, lambda: "free_bytes 1\n"), contextlib.ExitStack() as crowd:
        before = threading.active_count()
        silent = [
            crowd.enter_context(socket.create_connection(("127.0.0.1", port), 10)) for _ in range(6 * AT_ONCE)
        ]
        answer = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10)

        assert answer.text == "free_bytes 1\n"
        assert threading.active_count() - before <= AT_ONCE
        # Who came first has given way.
        assert silent[0].recv(1) == b""


def test_while_the_figures_are_not_told_a_crowd_that_waits_for_them_is_bounded():
    told = threading.Event()
    port = free_port()
    with serving(port, lambda: "free_bytes 1\n" if told.wait(30) else ""), contextlib.ExitStack() as crowd:
        before = threading.active_count()
        for _ in range(AT_ONCE + 2):
            asker = crowd.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            asker.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
        # The one that found no place was told so by the end of its connection.
        assert asker.recv(1) == b""
        assert threading.active_count() - before <= AT_ONCE
        told.set()

        assert requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text == "free_bytes 1\n"


def test_without_a_port_nobody_is_told():
    with serving(0, lambda: pytest.fail("nobody asks")):
        pass
