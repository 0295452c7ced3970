"""One process that is kept running: started again when it ends, given up when it keeps ending."""

import contextlib
import os
import signal
import subprocess
import time

from foundation.child_processes import StartSignal
from runtime.supervisor.processes import Process
from runtime.supervisor.programs import Programs

# Given up after so many ends within so long; between them the pause doubles.
ENDS_TO_GIVE_UP = 5
COUNTED_FOR_S = 60.0
FIRST_PAUSE_S = 0.25


class RestartLimitReached(Exception):
    """A process ended again and again; the sentence says which, and shows the end of its log."""


class RecentExits:
    """How often something has ended lately."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def count(self) -> int:
        """Note one more end and say how many there were lately."""
        now = time.monotonic()
        self._times = [each for each in self._times if now - each < COUNTED_FOR_S] + [now]
        return len(self._times)


class Child:
    """A process of ours and what became of it."""

    def __init__(self, definition: Process, programs: Programs, *, held: bool = False) -> None:
        self._definition = definition
        self._programs = programs
        self._start_signal = StartSignal() if held else None
        self._process: subprocess.Popen[bytes] | None = None
        self._recent_exits = RecentExits()
        self._start_again_at = 0.0

    def poll(self) -> str:
        """Start it, also again when it has ended; a sentence if there is something to tell.

        Raises:
            RestartLimitReached: too often to go on.
        """
        if self._process is None:
            if time.monotonic() >= self._start_again_at:
                self._process = self._programs.start(self._definition, start_signal=self._start_signal)
            return ""
        if self._process.poll() is None:
            self._programs.rotate_log(self._definition)
            return ""
        return self._record_exit(self._process.returncode)

    def release(self) -> None:
        """What it was held back for is there."""
        if self._start_signal is not None:
            self._start_signal.send()
        self._discard_start_signal()

    def terminate(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def has_exited(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """Nothing of it is left afterwards, not even what it started itself."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _discard_start_signal(self) -> None:
        if self._start_signal is not None:
            self._start_signal.close()
        self._start_signal = None

    def _record_exit(self, code: int) -> str:
        self.kill()
        name, ends = self._definition.name, self._recent_exits.count()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if ends >= ENDS_TO_GIVE_UP:
            log = self._programs.log_tail(self._definition)
            raise RestartLimitReached(
                f"The {name} keeps ending ({how}); everything stops. The end of its log:\n{log}"
            )
        self._start_again_at = time.monotonic() + FIRST_PAUSE_S * 2 ** (ends - 1)
        return f"The {name} has ended ({how}) and starts again."
