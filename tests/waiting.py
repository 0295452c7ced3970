"""Waiting for what comes a moment later; a test that waits for something else in vain fails, and says so."""

import subprocess
import time
from collections.abc import Callable

import requests

PATIENCE_S = 150.0


def eventually(holds: Callable[[], object], *, within_s: float = PATIENCE_S) -> None:
    """Wait until something holds; fail when it does not in time."""
    patience_ends = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < patience_ends, "it did not come to hold in time"
        time.sleep(0.05)


def until_up(process: subprocess.Popen[bytes], address: str, *, within_s: float = PATIENCE_S) -> None:
    """Wait until a server answers at its address, whatever it says there; fail when it ends instead."""

    def answers() -> bool:
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        try:
            return requests.get(address, timeout=5).status_code < 500
        except requests.RequestException:
            return False

    eventually(answers, within_s=within_s)
