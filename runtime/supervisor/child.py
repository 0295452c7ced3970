"""One process that is kept running: started again when it ends, given up when it keeps ending."""

import contextlib
import os
import signal
import subprocess
import time

from foundation.child_processes import Word
from runtime.supervisor.processes import Process
from runtime.supervisor.programs import Programs

# Given up after so many ends within so long; between them the pause doubles.
ENDS_TO_GIVE_UP = 5
COUNTED_FOR_S = 60.0
FIRST_PAUSE_S = 0.25


class KeepsEnding(Exception):
    """A process ended again and again; the sentence says which, and shows the end of its log."""


class Endings:
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
        self._word = Word() if held else None
        self._process: subprocess.Popen[bytes] | None = None
        self._endings = Endings()
        self._start_again_at = 0.0

    def look(self) -> str:
        """Start it, also again when it has ended; a sentence if there is something to tell.

        Raises:
            KeepsEnding: too often to go on.
        """
        if self._process is None:
            if time.monotonic() >= self._start_again_at:
                self._process = self._programs.start(self._definition, word=self._word)
            return ""
        if self._process.poll() is None:
            self._programs.bound_log(self._definition)
            return ""
        return self._note_end(self._process.returncode)

    def let_in(self) -> None:
        """What it was held back for is there."""
        if self._word is not None:
            self._word.say()
        self._forget_word()

    def ask_to_end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def end_now(self) -> None:
        """Nothing of it is left afterwards, not even what it started itself."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _forget_word(self) -> None:
        if self._word is not None:
            self._word.close()
        self._word = None

    def _note_end(self, code: int) -> str:
        self.end_now()
        name, ends = self._definition.name, self._endings.count()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        if ends >= ENDS_TO_GIVE_UP:
            log = self._programs.end_of_log(self._definition)
            raise KeepsEnding(
                f"The {name} keeps ending ({how}); everything stops. The end of its log:\n{log}"
            )
        self._start_again_at = time.monotonic() + FIRST_PAUSE_S * 2 ** (ends - 1)
        return f"The {name} has ended ({how}) and starts again."
