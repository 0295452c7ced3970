"""Looking at processes from outside, as the operator's tools do."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.waiting import PATIENCE_S, eventually

PROJECT = Path(__file__).resolve().parents[2]


def processes_of(data_dir: Path) -> dict[int, str]:
    """Every living process that was started for this data folder or works in it, with its command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            mine = f"DATA_DIR={data_dir}".encode() in (entry / "environ").read_bytes().split(b"\0")
            inside = Path(os.readlink(entry / "cwd")).is_relative_to(data_dir)
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        # What has ended but was not yet reaped has no command line.
        if (mine or inside) and words:
            found[int(entry.name)] = words
    return found


def process_named(data_dir: Path, words: str) -> int:
    """The eldest process whose command line holds the words."""
    return min(pid for pid, line in processes_of(data_dir).items() if words in line)


def answers(port: int, path: str = "/") -> bool:
    """Whether a page comes from there."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


class Run:
    """A supervisor in a process of its own, and what it says.

    Args:
        words: a module of ours to run, or with `make`, its target.
    """

    def __init__(self, *words: str, data_dir: Path, port: int, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = port
        self._said = os.memfd_create("said")
        self.process = subprocess.Popen(
            words if words[0] == "make" else [sys.executable, "-m", *words],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PORT": str(port), "DATA_DIR": str(data_dir), **environment},
            start_new_session=True,
        )

    def said(self) -> str:
        # Read at a place of its own: the file's position is shared with the process that writes.
        return os.pread(self._said, 1_000_000, 0).decode()

    def wait_for(self, words: str) -> None:
        eventually(lambda: words in self.said() or self.process.poll() is not None)
        assert words in self.said(), self.said()

    def press_control_c(self) -> int:
        # A terminal tells the whole group, which is how it reaches us past `make`.
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE_S)

    def end_surely(self) -> None:
        """At the end of a test, whatever happened in it; a second time it does nothing."""
        self.process.kill()
        self.process.wait()
        eventually(lambda: not processes_of(self.data_dir))
