"""`make run` as a person uses it: the whole service comes up, outlives the death of each process, and leaves nothing."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from demo.region import make_region
from foundation.postgres.embedded.address import ServerAddress
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import libpq_url
from tests.ports import free_ports
from tests.runtime.watching import Run, answers, process_named, processes_of
from tests.waiting import eventually

# Several starts of everything, on a machine that may be busy with other tests.
pytestmark = pytest.mark.timeout(600)

EVERYTHING = "Everything is up."

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
    run = Run("make", "run", data_dir=tmp_path_factory.mktemp("whole") / "data", port=free_ports())
    try:
        run.wait_for(EVERYTHING)
        yield run
    finally:
        run.end_surely()


@pytest.fixture
def begin() -> Iterator[Callable[..., Run]]:
    """Start the service; whatever was started ends with the test."""
    runs: list[Run] = []

    def again(*words: str, data_dir: Path) -> Run:
        runs.append(Run(*words, data_dir=data_dir, port=free_ports()))
        return runs[-1]

    yield again
    for run in runs:
        run.end_surely()


@contextlib.contextmanager
def asking(address: ServerAddress) -> Iterator[psycopg2.extensions.cursor]:
    """As the administrator, whom no wall stops."""
    connection = psycopg2.connect(libpq_url(address.url("postgres")))
    with contextlib.closing(connection), connection, connection.cursor() as cursor:
        yield cursor


def facilities(data_dir: Path) -> int:
    with running(data_dir) as address, asking(address) as cursor:
        cursor.execute("SELECT count(*) FROM identity.facility")
        return cursor.fetchone()[0]


def test_the_addresses_and_the_demo_people_are_printed(service):
    said = service.said()

    assert f"http://127.0.0.1:{service.port}/" in said
    assert f"http://127.0.0.1:{service.port + 1}/" in said
    assert "People to try" in said


def test_the_data_folder_is_closed_to_others_on_the_machine(service):
    ours = [service.data_dir, *(each for each in service.data_dir.iterdir() if not each.is_symlink())]

    assert [each for each in ours if each.stat().st_mode & 0o077] == []


def test_everything_is_ready_once_it_says_so(service):
    assert answers(service.port)
    assert answers(service.port, "/readyz")


def test_a_command_finds_the_database_of_the_running_service(service):
    command = Run("flask", "--app", "wsgi", "migrate", data_dir=service.data_dir, port=service.port)

    assert command.process.wait(60) == 0
    assert "The database is at revision" in command.said()
    # The demo's region was drawn by the rules of today.
    assert "drawn anew" not in command.said()


@pytest.mark.parametrize("name", PROCESSES)
def test_a_killed_process_starts_again(service, name):
    killed = process_named(service.data_dir, PROCESSES[name])

    os.kill(killed, signal.SIGKILL)

    service.wait_for(f"The {name} has ended")
    eventually(lambda: named(service, name) not in (None, killed))
    eventually(lambda: answers(service.port, "/readyz"))


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

    eventually(lambda: answers(service.port, "/readyz"))
    assert process_named(service.data_dir, PROCESSES["web server"]) == master


def test_nothing_is_left_and_nothing_is_lost_however_it_ends(service, begin):
    """The last to use the common service, because it ends it."""
    folder = service.data_dir
    before = facilities(folder)

    os.kill(process_named(folder, "runtime.supervisor"), signal.SIGKILL)
    service.process.wait(60)
    eventually(lambda: not processes_of(folder))

    second = begin("make", "run", data_dir=folder)
    second.wait_for(EVERYTHING)
    assert "Making the demo region" not in second.said()
    assert facilities(folder) == before

    second.process.kill()
    second.process.wait(60)
    eventually(lambda: not processes_of(folder))

    third = begin("make", "run", data_dir=folder)
    third.wait_for(EVERYTHING)
    third.press_control_c()
    assert not processes_of(folder)


def test_a_first_start_that_was_broken_off_leaves_no_half_region(begin, tmp_path):
    first = begin("runtime.supervisor", data_dir=tmp_path)
    first.wait_for("Entering the records")
    first.end_surely()
    assert facilities(tmp_path) == 0

    second = begin("runtime.supervisor", data_dir=tmp_path)

    second.wait_for(EVERYTHING)
    assert "Making the demo region" in second.said()
    assert facilities(tmp_path) == len(make_region().facilities)
    assert answers(second.port)
    assert second.press_control_c() == 0
    assert not processes_of(tmp_path)
