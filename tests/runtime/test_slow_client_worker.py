"""Slow senders: a handful of connections that never finish their request must not close the service to others."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.ports import free_port
from tests.waiting import until_up

THREADS = 3
UNFINISHED = b"GET / HTTP/1.1\r\nHost: any\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """gunicorn as we serve with it, with few threads, before the smallest of applications."""
    with serving("application") as port:
        yield port


@pytest.fixture(scope="module")
def refusing_port() -> Iterator[int]:
    """The same before one that reads nothing."""
    with serving("refusing") as port:
        yield port


@contextmanager
def serving(application: str) -> Iterator[int]:
    port = free_port()
    words = ["-m", "gunicorn", "--config", "python:runtime.serving", "--workers", "1"]
    words += ["--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([sys.executable, *words, f"tests.foundation.echo:{application}"])
    try:
        until_up(server, f"http://127.0.0.1:{port}/", within_s=30)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def answer(port: int, request: bytes, within_s: float = 15) -> bytes | None:
    try:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=within_s)) as connection:
            connection.sendall(request)
            return connection.recv(200)
    except OSError:
        return None


def test_heads_that_never_end_hold_the_service_up_for_seconds_only(port):
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(THREADS)]
    for connection in slow:
        connection.sendall(UNFINISHED)
    time.sleep(0.2)

    answered = answer(port, b"GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n")

    assert answered is not None
    assert answered.startswith(b"HTTP/1.1 200")
    for connection in slow:
        connection.close()


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        UNFINISHED,
        b"POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 100\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: any\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n5\r\nha",
        b"POST / HTTP/1.1\r\nHost: any\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n",
    ],
    ids=["nothing", "heads", "bodies", "chunks", "expecting"],
)
def test_a_crowd_of_slow_senders_holds_nobody_up(port, begun):
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
    for connection in slow:
        connection.sendall(begun)
    time.sleep(0.2)
    began = time.monotonic()

    answered = answer(port, b"GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n", within_s=20)

    took_s = time.monotonic() - began
    for connection in slow:
        connection.close()
    assert answered is not None and answered.startswith(b"HTTP/1.1 200")
    # A thread that waited for one of them would not be free before.
    assert took_s < 1


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        (b"Content-Length: 4\r\n\r\nabcd", b"abcd"),
        (b"content-length:4\r\n\r\nabcd", b"abcd"),
        (b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n", b"abcd"),
        (b"Transfer-Encoding: chunked\r\n\r\n4;a=b\r\nabcd\r\n0\r\nLast: 1\r\n\r\n", b"abcd"),
        (b"Content-Length: 70000\r\n\r\n" + b"x" * 70_000, b"x" * 70_000),
    ],
)
@pytest.mark.parametrize("piece", [7, 100_000])
def test_what_comes_in_pieces_is_read_as_it_was_sent_and_the_next_request_too(port, sent, echoed, piece):
    request = b"POST / HTTP/1.1\r\nHost: any\r\n" + sent
    last = b"POST / HTTP/1.1\r\nHost: any\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast"
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        both = request + last
        for start in range(0, len(both), piece):
            connection.sendall(both[start : start + piece])
        answered = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert answered.count(b"HTTP/1.1 200") == 2
    assert echoed in answered
    assert answered.endswith(b"last")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"Content-Length: four\r\n\r\n", b"400"),
        (b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n", b"400"),
        (b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\nx", b"400"),
        (b"Filler: " + b"x" * 65_600, b"431"),
    ],
)
def test_what_is_told_wrongly_is_refused_at_once(port, sent, status):
    answered = answer(port, b"POST / HTTP/1.1\r\nHost: any\r\n" + sent, within_s=3)

    assert answered is not None and answered.split()[1] == status


@pytest.mark.parametrize(
    "field",
    [b"Content-Length: 3000000\r\n\r\nx", b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 400_000],
)
def test_more_than_anybody_takes_is_not_waited_for(refusing_port, field):
    for _ in range(3 * THREADS):
        began = time.monotonic()
        answered = answer(refusing_port, b"POST / HTTP/1.1\r\nHost: any\r\n" + field, within_s=5)

        assert answered is None or answered.split()[1] == b"413"
        assert time.monotonic() - began < 2


def test_whoever_waits_to_be_asked_for_the_body_is_asked(port):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as polite:
        polite.sendall(b"POST / HTTP/1.1\r\nHost: any\r\nConnection: close\r\nExpect: 100-continue\r\n")
        polite.sendall(b"Content-Length: 4\r\n\r\n")
        asked = polite.recv(200)
        polite.sendall(b"abcd")
        answered = b"".join(iter(lambda: polite.recv(200), b""))

    assert asked == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answered.endswith(b"abcd")


def test_a_request_that_comes_in_pieces_but_in_time_is_answered(port):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as patient:
        patient.sendall(b"POST / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n")
        time.sleep(1)
        patient.sendall(b"Content-Length: 4\r\n\r\nab")
        time.sleep(1)
        patient.sendall(b"cd")

        assert patient.recv(200).startswith(b"HTTP/1.1 200")
