"""A gunicorn of the service's own settings, for ours and for a floor alike."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from benchmarks.process_tree import PROJECT
from foundation.child_processes import parent_death_signal_hook

ANSWERS_WITHIN_S = 30


@contextlib.contextmanager
def served(
    application: str, port: int, folder: str, *, database: str = "", secret: str = "", upstream: str = ""
) -> Iterator[None]:
    """A gunicorn of the service's own settings for the duration of the block.

    Args:
        database: of a floor, which asks as the administrator; ours finds its own in the folder.
        upstream: an archive behind ours.
    """
    own = {"PORT": str(port), "DATA_DIR": folder, "DATABASE_URL": database, "SECRET_KEY": secret}
    own["UPSTREAM_DICOMWEB_URL"] = upstream
    web = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "--config", "python:runtime.serving"),
            *("--bind", f"127.0.0.1:{port}", application),
        ],
        cwd=PROJECT,
        stderr=subprocess.DEVNULL,
        preexec_fn=parent_death_signal_hook(signal.SIGKILL),
        env={**os.environ, **own},
    )
    try:
        _wait_until_it_answers(port, web)
        yield
    finally:
        web.terminate()
        web.wait(30)


def _wait_until_it_answers(port: int, web: subprocess.Popen[bytes]) -> None:
    ends_at = time.monotonic() + ANSWERS_WITHIN_S
    while time.monotonic() < ends_at and web.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise OSError("the server did not start")
