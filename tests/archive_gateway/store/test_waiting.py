"""Files on their way in: each process has a folder of its own, and what a killed one left is swept."""

import os
import subprocess
import sys
import time

from archive_gateway.store.waiting import WaitingFolder

KILLED = """
import os, signal, sys
from pathlib import Path
from archive_gateway.store.waiting import WaitingFolder
folder = WaitingFolder(Path(sys.argv[1]))
(folder.path / "incoming-x").write_bytes(b"somebody's pixels")
(folder.path / "derived-x").mkdir()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, tmp_path], check=False)
    assert list(tmp_path.rglob("incoming-x"))

    folder = WaitingFolder(tmp_path)

    assert not list(tmp_path.rglob("*-x"))
    assert folder.path.is_dir()


def test_what_another_process_works_on_stays(tmp_path):
    living = WaitingFolder(tmp_path)
    (living.path / "incoming-x").touch()

    other = WaitingFolder(tmp_path)
    other.close()

    assert (living.path / "incoming-x").exists()
    assert not other.path.exists()


def test_what_a_version_before_left_goes_after_a_day(tmp_path):
    old, fresh, folder = (tmp_path / name for name in ("incoming-old", "incoming-fresh", "derived-old"))
    folder.mkdir()
    (folder / "copy").touch()
    for each in (old, fresh):
        each.touch()
    long_ago = time.time() - 2 * 24 * 3600
    for each in (old, folder):
        os.utime(each, (long_ago, long_ago))

    WaitingFolder(tmp_path).close()

    assert {each.name for each in tmp_path.iterdir()} == {"incoming-fresh", "sweeping"}
