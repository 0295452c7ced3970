"""Starting and ending the whole service for a test, in a folder and on ports of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import eventually, until_up

HOUSE = Path(__file__).parent.parent.parent
UP_WITHIN_S = 120
DOWN_WITHIN_S = 40


@dataclass(frozen=True)
class Service:
    address: str
    data_dir: Path
    process: subprocess.Popen


@contextmanager
def running(data_dir: Path, port: int, **settings: str) -> Iterator[Service]:
    """The service as `make run` starts it, with a new demo region if the folder is new."""
    output = data_dir.parent / f"{data_dir.name}.log"
    environ = {**os.environ, "PORT": str(port), "DATA_DIR": str(data_dir), "PROFILE": "demo", **settings}
    with output.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "runtime.supervisor"], cwd=HOUSE, env=environ, stdout=log, stderr=log
        )
        service = Service(f"http://127.0.0.1:{port}", data_dir, process)
        try:
            _wait(service, output)
            yield service
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(DOWN_WITHIN_S)


def _wait(service: Service, output: Path) -> None:
    try:
        until_up(service.process, f"{service.address}/readyz", within_s=UP_WITHIN_S)
        # The pages answer before the demo provider does, and a journey begins there.
        eventually(lambda: "Everything is up" in output.read_text())
    except AssertionError as fault:
        raise RuntimeError(f"the service is not up:\n{output.read_text()[-3000:]}") from fault
