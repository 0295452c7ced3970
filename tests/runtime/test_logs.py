"""A log stays bounded however much a process says, and while it runs."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from foundation.settings import Settings
from runtime.supervisor import programs
from runtime.supervisor.child import Child
from runtime.supervisor.processes import Process
from runtime.supervisor.programs import Programs

TALKER = Process(
    "talker",
    (
        "timeit",
        "-n1",
        "-r1",
        "import time\nwhile True:\n  print('said ' * 20, flush=True)\n  time.sleep(0.0005)",
    ),
)
LARGEST_BYTES = 20_000
# What may be said between two looks, and more.
BETWEEN_LOOKS_BYTES = 200_000


@pytest.fixture
def own_programs(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    monkeypatch.setattr(programs, "LARGEST_LOG_BYTES", LARGEST_BYTES)
    return Programs(settings.model_copy(update={"data_dir": tmp_path}))


@pytest.fixture
def talker(own_programs: Programs) -> Iterator[Child]:
    child = Child(TALKER, own_programs)
    yield child
    child.kill()


def test_a_log_is_bounded_while_its_process_goes_on_talking(own_programs, talker):
    log = own_programs.log_of(TALKER)
    former = log.with_suffix(".old.log")
    largest = began_anew = size = 0

    until = time.monotonic() + 30
    while began_anew < 3 and time.monotonic() < until:
        talker.poll()
        time.sleep(0.02)
        before, size = size, log.stat().st_size
        largest = max(largest, size)
        began_anew += size < before

    assert began_anew == 3
    assert not talker.has_exited()
    assert largest < BETWEEN_LOOKS_BYTES
    assert LARGEST_BYTES < former.stat().st_size < BETWEEN_LOOKS_BYTES
    assert b"\0" not in log.read_bytes()
    assert former.read_text().startswith("said")
