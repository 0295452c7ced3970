"""`make run` as a person uses it: the whole service comes up, outlives the death of each process, and leaves nothing."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from foundation.database_roles import OWNER, libpq_url
from foundation.embedded_postgres import folder_in, read_address
from tests.runtime.watching import Run, answers, eventually, process_named, processes_of

# Several starts of everything, on a machine that may be busy with other tests.
pytestmark = pytest.mark.timeout(600)

EVERYTHING = "Everything is up."
SHARED_PORT = 21070
PORT = 21080

# How each process is known to the operator's tools.
PROCESSES = {
    "web server": "wsgi:create_web",
    "demo identity provider": "demo.eid_provider",
    "live board": "wsgi:create_events",
    "worker": "flask --app wsgi work",
    "image listener": "flask --app wsgi listen-dicom",
    "database": "bin/postgres -D",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    run = Run("make", "run", data_dir=tmp_path_factory.mktemp("whole") / "data", port=SHARED_PORT)
    try:
        run.wait_for(EVERYTHING)
        yield run
    finally:
        run.end_surely()


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    """Start once more in this test's folder; all starts are ended with the test."""
    runs: list[Run] = []

    def again(*words: str) -> Run:
        runs.append(Run(*words, data_dir=tmp_path / "data", port=PORT))
        return runs[-1]

    yield again
    for run in runs:
        run.end_surely()


def facilities(data_dir: Path) -> int:
    address = read_address(folder_in(data_dir))
    assert address is not None
    with contextlib.closing(psycopg2.connect(libpq_url(address.url(OWNER)))) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM identity.facility")
        return cursor.fetchone()[0]


def test_the_addresses_and_the_demo_people_are_printed(service):
    said = service.said()

    assert f"http://127.0.0.1:{SHARED_PORT}/" in said
    assert f"http://127.0.0.1:{SHARED_PORT + 1}/" in said
    assert "People to try" in said


def test_everything_is_ready_once_it_says_so(service):
    assert answers(SHARED_PORT)
    assert answers(SHARED_PORT, "/readyz")


def test_a_command_finds_the_database_of_the_running_service(service):
    command = Run("flask", "--app", "wsgi", "migrate", data_dir=service.data_dir, port=SHARED_PORT)

    assert command.process.wait(60) == 0
    assert "The database is at revision" in command.said()


@pytest.mark.parametrize("name", PROCESSES)
def test_a_killed_process_starts_again(service, name):
    killed = process_named(service.data_dir, PROCESSES[name])

    os.kill(killed, signal.SIGKILL)

    service.wait_for(f"The {name} has ended")
    eventually(lambda: named(service, name) not in (None, killed))
    eventually(lambda: answers(SHARED_PORT, "/readyz"))


def named(service: Run, name: str) -> int | None:
    try:
        return process_named(service.data_dir, PROCESSES[name])
    except ValueError:
        return None


def test_a_killed_worker_of_the_web_server_is_replaced(service):
    master = process_named(service.data_dir, PROCESSES["web server"])
    workers = [pid for pid, line in processes_of(service.data_dir).items() if "create_web" in line]

    for pid in set(workers) - {master}:
        os.kill(pid, signal.SIGKILL)

    eventually(lambda: answers(SHARED_PORT, "/readyz"))
    assert process_named(service.data_dir, PROCESSES["web server"]) == master


def test_nothing_is_left_and_nothing_is_lost_however_it_ends(begin):
    first = begin("make", "run")
    first.wait_for(EVERYTHING)
    before = facilities(first.data_dir)

    os.kill(process_named(first.data_dir, "foundation.supervisor"), signal.SIGKILL)
    first.process.wait(60)
    eventually(lambda: not processes_of(first.data_dir))

    second = begin("make", "run")
    second.wait_for(EVERYTHING)
    assert "Making the demo region" not in second.said()
    assert facilities(first.data_dir) == before

    second.process.kill()
    second.process.wait(60)
    eventually(lambda: not processes_of(first.data_dir))

    third = begin("make", "run")
    third.wait_for(EVERYTHING)
    third.press_control_c()
    assert not processes_of(first.data_dir)


def test_a_first_start_that_was_broken_off_is_begun_anew(begin):
    first = begin("foundation.supervisor")
    first.wait_for("Making the demo region")
    first.end_surely()

    second = begin("foundation.supervisor")

    second.wait_for("The Dispatching Center is running.")
    assert "Making the demo region" in second.said()
    assert facilities(first.data_dir) > 0
    assert second.press_control_c() == 0
