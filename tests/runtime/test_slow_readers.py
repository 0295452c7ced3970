"""Slow readers: whoever does not take the answer must not hold a thread, whoever takes it slowly gets all of it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from tests.foundation.echo import MUCH_BYTES
from tests.ports import free_port
from tests.waiting import eventually

THREADS = 3
PATIENCE_S = 3.0
SMALL_WINDOW_BYTES = 2048


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    words = ["-m", "gunicorn", "--config", "python:tests.runtime.impatient_serving", "--workers", "1"]
    words += ["--threads", str(THREADS), "--bind", f"127.0.0.1:{port}"]
    server = subprocess.Popen([sys.executable, *words, "tests.foundation.echo:application"])
    try:
        eventually(lambda: listens(port), within_s=30)
        yield port
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.parametrize("address", ["/much", "/file"])
def test_those_who_never_read_hold_the_service_up_for_seconds_only(port, address):
    with ExitStack() as open_ones:
        for _ in range(THREADS):
            open_ones.enter_context(closing(asking(port, address)))
        time.sleep(0.5)

        assert is_answered(port)


def test_those_who_keep_an_answered_connection_open_hold_nobody_up(port):
    with ExitStack() as open_ones:
        for _ in range(4 * THREADS):
            open_ones.enter_context(closing(asking(port, "/")))
        began = time.monotonic()

        assert is_answered(port)
        assert time.monotonic() - began < 8


@pytest.mark.parametrize("address", ["/much", "/file"])
def test_an_answer_that_moves_slowly_arrives_whole(port, address):
    began = time.monotonic()
    with closing(asking(port, address)) as slow:
        taken = 0
        while time.monotonic() - began < 3 * PATIENCE_S:
            taken += len(slow.recv(16_384))
            time.sleep(0.2)
        while piece := slow.recv(1_000_000):
            taken += len(piece)

    assert taken > MUCH_BYTES


def asking(port: int, address: str) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_WINDOW_BYTES)
    connection.settimeout(15)
    connection.connect(("127.0.0.1", port))
    connection.sendall(f"GET {address} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n".encode())
    return connection


def is_answered(port: int) -> bool:
    with closing(asking(port, "/")) as connection:
        return connection.recv(200).startswith(b"HTTP/1.1 200")


def listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
