"""The start from the first check to the printed addresses, and the end from Ctrl-C to the last process."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence

from demo.people_file import people_file
from foundation.commands.stages import stages_in
from foundation.settings import Profile, Settings
from runtime.supervisor.child import Child, RestartLimitReached
from runtime.supervisor.console import Stages, say, say_addresses
from runtime.supervisor.database import SupervisedDatabase, supervised_database
from runtime.supervisor.preflight import CannotStart, lock_data_folder, require_free_ports
from runtime.supervisor.preparation import Finish, ignored, prepare
from runtime.supervisor.processes import DEMO_PEOPLE, Process, processes
from runtime.supervisor.programs import Programs
from runtime.supervisor.readiness import Readiness

READY_WITHIN_S = 120.0
ENDS_WITHIN_S = 6.0
LOOK_EVERY_S = 0.02


class ShutdownRequested(Exception):
    """Somebody pressed Ctrl-C, closed the terminal or ended us politely."""


def run(settings: Settings) -> None:
    """Start everything and keep it running until somebody asks us to end.

    Raises:
        CannotStart: the folder or a port is not ours to use, or a step failed.
        RestartLimitReached: a process could not be kept running.
    """
    wanted = processes(settings)
    with contextlib.closing(lock_data_folder(settings.data_dir)):
        require_free_ports(settings, wanted)
        supervisor = Supervisor(settings, wanted)
        with contextlib.suppress(ShutdownRequested), supervisor.database() as embedded:
            prepare(settings, embedded, supervisor)
            supervisor.run_forever(embedded)


class Supervisor:
    """One start of the service: what it has begun, it ends."""

    def __init__(self, settings: Settings, wanted: Sequence[Process]) -> None:
        self._settings = settings
        self._wanted = wanted
        self._programs = Programs(settings)
        self._stages = Stages()
        self._children: dict[str, Child] = {}
        self._shutdown_requested = False
        for asking in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(asking, self._request_shutdown)

    @contextlib.contextmanager
    def database(self) -> Iterator[SupervisedDatabase | None]:
        """The database for the block, and at its end that of every process; who uses the embedded one is waited for."""
        with supervised_database(self._settings, while_waiting=self._pause) as embedded:
            try:
                yield embedded
            finally:
                self._stages.end()
                _terminate_all(list(self._children.values()))

    def hold_back(self) -> None:
        """Start those that can read their code before what they serve is there."""
        for process in self._wanted:
            if process.held_back:
                self._children[process.name] = Child(process, self._programs, held=True)
        self._poll_children()

    def stage(self, sentence: str) -> None:
        self._stages.begin(sentence)

    def run_step(self, step: Process) -> None:
        """Run one step to its end."""
        with self.running_step(step) as finish:
            finish()

    @contextlib.contextmanager
    def running_step(self, step: Process) -> Iterator[Finish]:
        """Run one step beside the block, which has it finished; what the step says is told as it is said."""
        self._programs.log_of(step).unlink(missing_ok=True)
        program = self._programs.start(step)
        try:
            yield lambda on_stage=ignored: self._finish(step, program, on_stage)
        finally:
            program.kill()
            program.wait()

    def run_forever(self, embedded: SupervisedDatabase | None) -> None:
        """Start the processes, say where they are, and keep them and the database running."""
        first = [process for process in self._wanted if process.held_back]
        awaited = [process for process in self._wanted if process.awaited and not process.held_back]
        others = [process for process in self._wanted if not process.awaited]
        try:
            with self._demo_people() as people:
                for some in (first, awaited):
                    self._begin(some)
            self._stages.end()
            say_addresses(self._settings, people())
            self._begin(others)
            self._stages.end()
            say("Everything is up. Ctrl-C ends it.")
            while True:
                if embedded is not None:
                    self._tell(embedded.poll())
                self._poll_children()
        finally:
            self._stages.end()
            say("\nEnding everything.")

    @contextlib.contextmanager
    def _demo_people(self) -> Iterator[Callable[[], str]]:
        """Who can sign in, once the block is over: asked beside it on the first start, remembered from then on."""
        kept = people_file(self._settings.data_dir)
        if self._settings.profile is not Profile.DEMO or kept.exists():
            yield lambda: kept.read_text() if kept.exists() else ""
            return
        self._programs.log_of(DEMO_PEOPLE).unlink(missing_ok=True)
        asked = self._programs.start(DEMO_PEOPLE)
        try:
            yield kept.read_text
            self._finish(DEMO_PEOPLE, asked, ignored)
            kept.write_text(self._programs.output_of(DEMO_PEOPLE).strip())
        finally:
            asked.kill()
            asked.wait()

    def _begin(self, wanted: Sequence[Process]) -> None:
        """Start some more, let in those that were held back, and wait until they listen."""
        if not wanted:
            return
        self.stage(f"Starting {_listed([f'the {process.name}' for process in wanted])}.")
        for process in wanted:
            child = self._children.setdefault(process.name, Child(process, self._programs))
            child.release()
        self._poll_children()
        readiness = Readiness(wanted)
        patience_ends = time.monotonic() + READY_WITHIN_S
        while not_ready := readiness.not_ready():
            if time.monotonic() > patience_ends:
                raise RestartLimitReached(
                    f"Not ready: {', '.join(not_ready)}. Their logs: {self._programs.logs}"
                )
            self._poll_children()

    def _poll_children(self) -> None:
        for child in self._children.values():
            self._tell(child.poll())
        self._pause()

    def _finish(
        self, step: Process, program: subprocess.Popen[bytes], on_stage: Callable[[int], None]
    ) -> None:
        shown = 0
        while True:
            ended = program.poll() is not None
            for sentence in stages_in(self._programs.output_of(step))[shown:]:
                self.stage(sentence)
                shown += 1
                on_stage(shown)
            if ended:
                break
            self._pause()
        if program.returncode != 0:
            log = self._programs.log_tail(step)
            raise CannotStart(f"The step “{step.name}” failed. The end of its log:\n{log}")

    def _pause(self) -> None:
        if self._shutdown_requested:
            raise ShutdownRequested
        self._stages.go_on()
        time.sleep(LOOK_EVERY_S)

    def _tell(self, sentence: str) -> None:
        if sentence:
            self._stages.end()
            say(sentence)

    def _request_shutdown(self, _signal: int, _frame: object) -> None:
        self._shutdown_requested = True


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _terminate_all(children: Sequence[Child]) -> None:
    for child in children:
        child.terminate()
    patience_ends = time.monotonic() + ENDS_WITHIN_S
    while time.monotonic() < patience_ends and not all(child.has_exited() for child in children):
        time.sleep(LOOK_EVERY_S)
    for child in children:
        child.kill()
