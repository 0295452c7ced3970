"""What a start tells of itself: on a terminal live, elsewhere a line for each stage; and who waits for a word."""

import io
import os
import subprocess
import sys

import pytest

from foundation.child_processes import StartSignal
from foundation.commands.stages import STAGE, stages_in
from runtime.supervisor.console import Stages
from tests.runtime.watching import PROJECT

WAITS = (
    "from foundation.child_processes import wait_for_start_signal; "
    "wait_for_start_signal(); print('let in', flush=True)"
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(output: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stdout", output)
    stages = Stages()
    stages.begin("Making the tables.")
    stages.go_on()
    stages.begin("Entering the records.")
    stages.end()
    stages.end()
    return output.getvalue()


def test_elsewhere_each_stage_is_a_plain_line(monkeypatch):
    assert told(io.StringIO(), monkeypatch) == "Making the tables.\nEntering the records.\n"


def test_on_a_terminal_the_stage_is_drawn_anew_with_its_seconds(monkeypatch):
    drawn = told(Terminal(), monkeypatch)

    assert drawn.startswith("\r\033[KMaking the tables. 0.0 s")
    assert drawn.endswith("\r\033[KEntering the records. 0.0 s\n")
    assert drawn.count("\n") == 2


def test_a_step_tells_whole_lines_and_only_its_stages():
    said = f"{STAGE}Making the tables.\nTraceback\n{STAGE}Entering the rec"

    assert stages_in(said) == ["Making the tables."]


@pytest.fixture
def start_signal():
    signal = StartSignal()
    yield signal
    signal.close()


def waiting(start_signal: StartSignal) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WAITS],
        cwd=PROJECT,
        env={**os.environ, **start_signal.in_environment()},
        pass_fds=(start_signal.read_end,),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_who_is_held_back_goes_on_at_the_word(start_signal):
    child = waiting(start_signal)
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(1)

    start_signal.send()

    assert child.communicate(timeout=30)[0] == "let in\n"


def test_who_will_never_be_told_ends(start_signal):
    child = waiting(start_signal)
    start_signal.close()

    assert child.communicate(timeout=30)[0] == ""
    assert child.returncode == 1


def test_the_supervisor_reads_nothing_that_only_pages_need():
    """It stands before everything else of a start: a quarter of a second of reading is one of waiting."""
    heavy = "('sqlalchemy', 'flask', 'alembic', 'numpy', 'pydicom')"
    code = (
        f"import sys, runtime.supervisor.__main__; print([each for each in {heavy} if each in sys.modules])"
    )

    read = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert read.stdout.strip() == "[]"
