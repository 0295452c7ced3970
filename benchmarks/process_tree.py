"""A program with everything it starts, as one thing that is started, weighed and ended."""

import os
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ANSWERS_WITHIN_S = 120.0
WEIGHED_EVERY_S = 0.25
BYTES_IN_MB = 1_000_000


class ProcessTree:
    """One start of a service, from nothing to its first page and on to its end."""

    def __init__(self, words: Sequence[str], *, port: int, data_dir: Path, weighed: bool) -> None:
        self._address = f"http://127.0.0.1:{port}/"
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            words,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PORT": str(port), "DATA_DIR": str(data_dir)},
            start_new_session=True,
        )
        self.peak_mb = 0.0
        self._ended = threading.Event()
        if weighed:
            threading.Thread(target=self._weigh, daemon=True).start()

    def seconds_to_first_page(self) -> float:
        """Ask for the front page until it comes."""
        while time.perf_counter() - self._began < ANSWERS_WITHIN_S:
            if self._process.poll() is not None:
                raise OSError("the service ended before its first page")
            if _shows_a_page(self._address):
                return time.perf_counter() - self._began
            time.sleep(0.02)
        raise OSError("the first page did not come")

    def end(self) -> None:
        self._ended.set()
        # To the whole group, as a terminal does it: `make` waits for what it has started.
        os.killpg(self._process.pid, signal.SIGINT)
        self._process.wait(60)

    def _weigh(self) -> None:
        """Note the memory of all processes together; what several share counts once."""
        while not self._ended.wait(WEIGHED_EVERY_S):
            self.peak_mb = max(self.peak_mb, sum(map(_own_share_mb, _tree(self._process.pid))))


def _shows_a_page(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200 and answer.read())
    except OSError:
        return False


def _tree(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                # The name in brackets may hold blanks; the parent is the second word after it.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found, begun = [], [root]
    while begun:
        found += begun
        begun = [pid for pid, parent in parents.items() if parent in begun]
    return found


def _own_share_mb(pid: int) -> float:
    """Proportional set size: of memory that n processes share, each bears an n-th."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / BYTES_IN_MB
