"""Slow senders: a handful of connections that never finish their request must not close the service to others."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from runtime.slow_client_worker import CROWDED_SENDING_S
from tests.ports import free_port
from tests.waiting import until_up

THREADS = 3
UNFINISHED = b"GET / HTTP/1.1\r\nHost: any\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """gunicorn as we serve with it, with few threads, before the smallest of applications."""
    port = free_port()
    words = ["-m", "gunicorn", "--config", "python:runtime.serving", "--workers", "1"]
    words += ["--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([sys.executable, *words, "tests.foundation.echo:application"])
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
    [UNFINISHED, b"POST / HTTP/1.1\r\nHost: any\r\nContent-Length: 100\r\n\r\nhalf"],
    ids=["heads", "bodies"],
)
def test_a_crowd_of_slow_senders_holds_nobody_up_for_as_long_as_one_of_them_may_take(port, begun):
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(4 * THREADS)]
    for connection in slow:
        connection.sendall(begun)
    time.sleep(0.2)
    began = time.monotonic()

    answered = answer(port, b"GET / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n", within_s=20)

    took_s = time.monotonic() - began
    for connection in slow:
        connection.close()
    assert answered is not None and answered.startswith(b"HTTP/1.1 200")
    assert took_s < 4 * (CROWDED_SENDING_S + 1.5)


def test_a_request_that_comes_in_pieces_but_in_time_is_answered(port):
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as patient:
        patient.sendall(b"POST / HTTP/1.1\r\nHost: any\r\nConnection: close\r\n")
        time.sleep(1)
        patient.sendall(b"Content-Length: 4\r\n\r\nab")
        time.sleep(1)
        patient.sendall(b"cd")

        assert patient.recv(200).startswith(b"HTTP/1.1 200")
