"""The supervisor keeps its processes running, and leaves none behind however it ends."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ports import free_ports
from tests.runtime.watching import Run, answers, process_named, processes_of
from tests.waiting import eventually

RUNNING = "Everything is up."


@pytest.fixture
def trivial_service(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(*, port: int | None = None, folder: str = "data", **environment: str) -> Run:
        data_dir = tmp_path / folder
        data_dir.mkdir(exist_ok=True)
        runs.append(
            Run(
                "tests.runtime.trivial_service",
                data_dir=data_dir,
                port=port or free_ports(),
                PROFILE="test",
                **environment,
            )
        )
        return runs[-1]

    yield begin
    for run in runs:
        run.end_surely()


def test_control_c_ends_every_process(trivial_service):
    run = trivial_service()
    run.wait_for(RUNNING)
    assert answers(run.port)
    assert len(processes_of(run.data_dir)) > 3

    code = run.press_control_c()

    assert code == 0
    assert not processes_of(run.data_dir)


def test_killing_the_supervisor_leaves_no_orphan_and_the_next_start_works(trivial_service):
    run = trivial_service()
    run.wait_for(RUNNING)

    run.process.kill()
    run.process.wait()
    again = trivial_service(port=run.port)

    again.wait_for(RUNNING)
    again.press_control_c()
    assert not processes_of(run.data_dir)


def test_a_killed_process_starts_again(trivial_service):
    run = trivial_service()
    run.wait_for(RUNNING)

    os.kill(process_named(run.data_dir, f"http.server {run.port}"), signal.SIGKILL)

    run.wait_for("The web server has ended (signal 9) and starts again.")
    eventually(lambda: answers(run.port))


def test_a_killed_database_starts_again(trivial_service):
    run = trivial_service()
    run.wait_for(RUNNING)
    killed = process_named(run.data_dir, "bin/postgres -D")

    os.kill(killed, signal.SIGKILL)

    run.wait_for("The database has ended and was started again")
    assert process_named(run.data_dir, "bin/postgres -D") != killed


def test_a_process_that_keeps_ending_stops_everything_and_is_named(trivial_service):
    run = trivial_service(WITH_BROKEN="1")

    code = run.process.wait(60)

    assert code == 1
    assert "The broken one keeps ending (exit code 1)" in run.said()
    assert "no_such_module" in run.said()
    assert not processes_of(run.data_dir)


def test_two_instances_run_side_by_side(trivial_service):
    one = trivial_service(folder="one")
    other = trivial_service(folder="other")

    one.wait_for(RUNNING)
    other.wait_for(RUNNING)

    assert answers(one.port)
    assert answers(other.port)


def test_a_folder_in_use_is_told_in_one_sentence(trivial_service):
    first = trivial_service()
    first.wait_for(RUNNING)

    second = Run("runtime.supervisor", data_dir=first.data_dir, port=free_ports())

    assert second.process.wait(30) == 2
    assert second.said().startswith("Another start already uses the folder ")
    assert second.said().count("\n") == 1
