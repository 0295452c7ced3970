"""What prevents a start is told in one plain sentence, with exit code 2."""

import socket
from pathlib import Path

import pytest

from tests.ports import PORTS_OF_A_SERVICE, free_ports
from tests.runtime.watching import Run, processes_of


@pytest.mark.parametrize("place", range(PORTS_OF_A_SERVICE))
def test_a_taken_port_is_told_in_one_sentence(tmp_path: Path, place: int):
    port = free_ports()
    taken = port + place
    with socket.create_server(("127.0.0.1", taken)):
        run = Run("runtime.supervisor", data_dir=tmp_path / "data", port=port)
        code = run.process.wait(30)

    assert code == 2
    assert run.said().startswith(f"Port {taken} (for the ")
    assert run.said().count("\n") == 1
    assert not processes_of(tmp_path / "data")


def test_a_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")

    run = Run("runtime.supervisor", data_dir=tmp_path / "file" / "data", port=free_ports())

    assert run.process.wait(30) == 2
    assert f"The folder {tmp_path}/file" in run.said()
    assert "cannot be written" in run.said()
    assert run.said().count("\n") == 1


def test_a_port_that_leaves_no_room_for_the_others_is_told_in_one_sentence(tmp_path: Path):
    run = Run("runtime.supervisor", data_dir=tmp_path / "data", port=65534)

    assert run.process.wait(30) == 2
    assert run.said() == "PORT=65534 is too high: the three ports after it are needed too.\n"
