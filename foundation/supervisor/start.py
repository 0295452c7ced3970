"""The start from the first check to the printed addresses, and the end from Ctrl-C to the last process."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence

from foundation.settings import Profile, Settings
from foundation.supervisor.child import Child, KeepsEnding
from foundation.supervisor.database import KeptDatabase, kept_database
from foundation.supervisor.place import CannotStart, require_free_ports, take_folder
from foundation.supervisor.preparation import people_file, prepare
from foundation.supervisor.processes import DEMO_PEOPLE, Process, processes
from foundation.supervisor.programs import Programs
from foundation.supervisor.readiness import Readiness
from foundation.supervisor.talk import say, say_addresses

READY_WITHIN_S = 120.0
ENDS_WITHIN_S = 6.0
LOOK_EVERY_S = 0.05


class AskedToEnd(Exception):
    """Somebody pressed Ctrl-C, closed the terminal or ended us politely."""


def run(settings: Settings) -> None:
    """Start everything and keep it running until somebody asks us to end.

    Raises:
        CannotStart: the folder or a port is not ours to use, or a step failed.
        KeepsEnding: a process could not be kept running.
    """
    wanted = processes(settings)
    with contextlib.closing(take_folder(settings.data_dir)):
        require_free_ports(settings, wanted)
        start = Start(settings)
        with contextlib.suppress(AskedToEnd), start.database() as embedded:
            prepare(settings, embedded, do=start.do)
            start.keep(wanted, embedded)


class Start:
    """One start of the service: what it has begun, it ends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._programs = Programs(settings)
        self._asked_to_end = False
        for asking in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(asking, self._remember)

    def database(self) -> contextlib.AbstractContextManager[KeptDatabase | None]:
        """The database for the block; whoever uses the embedded one at the moment is waited for."""
        return kept_database(self._settings, while_waiting=self._pause)

    def do(self, step: Process) -> None:
        """Run one step to its end."""
        self._programs.log_of(step).unlink(missing_ok=True)
        self._finish(step, self._programs.start(step))

    def keep(self, wanted: Sequence[Process], embedded: KeptDatabase | None) -> None:
        """Start the processes, say where they are, and keep them and the database running."""
        children: list[Child] = []
        try:
            with self._demo_people() as people:
                self._begin(children, [process for process in wanted if process.awaited])
            say_addresses(self._settings, people())
            self._begin(children, [process for process in wanted if not process.awaited])
            say("Everything is up. Ctrl-C ends it.")
            while True:
                if embedded is not None:
                    _tell(embedded.look())
                self._look_at(children)
        finally:
            _end(children)

    @contextlib.contextmanager
    def _demo_people(self) -> Iterator[Callable[[], str]]:
        """Who can sign in, once the block is over: asked beside it on the first start, remembered from then on."""
        kept = people_file(self._settings)
        if self._settings.profile is not Profile.DEMO or kept.exists():
            yield lambda: kept.read_text() if kept.exists() else ""
            return
        self._programs.log_of(DEMO_PEOPLE).unlink(missing_ok=True)
        asked = self._programs.start(DEMO_PEOPLE)
        try:
            yield kept.read_text
            self._finish(DEMO_PEOPLE, asked)
            kept.write_text(self._programs.said_by(DEMO_PEOPLE).strip())
        finally:
            asked.kill()
            asked.wait()

    def _begin(self, children: list[Child], wanted: Sequence[Process]) -> None:
        """Start some more, and wait until they listen."""
        children += [Child(definition, self._programs) for definition in wanted]
        self._look_at(children)
        readiness = Readiness(wanted)
        patience_ends = time.monotonic() + READY_WITHIN_S
        while awaited := readiness.awaited():
            if time.monotonic() > patience_ends:
                raise KeepsEnding(f"Not ready: {', '.join(awaited)}. Their logs: {self._programs.logs}")
            self._look_at(children)

    def _look_at(self, children: Sequence[Child]) -> None:
        for child in children:
            _tell(child.look())
        self._pause()

    def _finish(self, step: Process, program: subprocess.Popen[bytes]) -> None:
        try:
            while program.poll() is None:
                self._pause()
        finally:
            program.kill()
            program.wait()
        if program.returncode != 0:
            log = self._programs.end_of_log(step)
            raise CannotStart(f"The step “{step.name}” failed. The end of its log:\n{log}")

    def _pause(self) -> None:
        if self._asked_to_end:
            raise AskedToEnd
        time.sleep(LOOK_EVERY_S)

    def _remember(self, _signal: int, _frame: object) -> None:
        self._asked_to_end = True


def _end(children: Sequence[Child]) -> None:
    say("\nEnding everything.")
    for child in children:
        child.ask_to_end()
    patience_ends = time.monotonic() + ENDS_WITHIN_S
    while time.monotonic() < patience_ends and not all(child.has_ended() for child in children):
        time.sleep(LOOK_EVERY_S)
    for child in children:
        child.end_now()


def _tell(sentence: str) -> None:
    if sentence:
        say(sentence)
