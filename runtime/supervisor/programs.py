"""Programs as children of ours: each ends with us, writes a log of its own and is told its own login only."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

from foundation.child_processes import StartSignal, parent_death_signal_hook
from foundation.postgres.connections import url_for
from foundation.postgres.roles import LOADER
from foundation.settings import Settings
from runtime.supervisor.processes import Process, command_line

PROJECT = Path(__file__).resolve().parents[2]
LARGEST_LOG_BYTES = 10_000_000
LINES_TO_SHOW = 5


class Programs:
    """Starts programs for one data folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.logs = settings.data_dir / "logs"
        self.logs.mkdir(exist_ok=True)

    def start(self, process: Process, *, start_signal: StartSignal | None = None) -> subprocess.Popen[bytes]:
        """Start one, in a group of its own so that Ctrl-C reaches only us.

        Args:
            word: it waits for this one before it lets anybody in.
        """
        self.rotate_log(process)
        with self.log_of(process).open("ab") as output:
            return subprocess.Popen(
                command_line(process),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._environment(process) | (start_signal.in_environment() if start_signal else {}),
                pass_fds=(start_signal.read_end,) if start_signal else (),
                cwd=PROJECT,
                start_new_session=True,
                # Everything they do is transactional, so the surest end is the right one.
                preexec_fn=parent_death_signal_hook(signal.SIGKILL),
            )

    def rotate_log(self, process: Process) -> None:
        """Put a large log aside, also under a running process: it appends, so it goes on at the new beginning."""
        log = self.log_of(process)
        if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
            # On a full disk the copy is lost, but the space comes back.
            with contextlib.suppress(OSError):
                shutil.copyfile(log, log.with_suffix(".old.log"))
            os.truncate(log, 0)

    def log_of(self, process: Process) -> Path:
        return self.logs / f"{process.name.replace(' ', '-')}.log"

    def log_tail(self, process: Process) -> str:
        """Its last lines, indented."""
        lines = self.output_of(process).splitlines()[-LINES_TO_SHOW:]
        return "\n".join(f"  {line}" for line in lines)

    def output_of(self, process: Process) -> str:
        """All that the last run of a step said."""
        log = self.log_of(process)
        return log.read_text(errors="replace") if log.exists() else ""

    def _environment(self, process: Process) -> dict[str, str]:
        chosen = {"PORT": str(self._settings.port), "DATA_DIR": str(self._settings.data_dir)}
        if process.login:
            chosen["DATABASE_URL"] = url_for(self._settings, process.login)
        if process.decides:
            chosen["LOADER_DATABASE_URL"] = url_for(self._settings, LOADER)
        # The flask command would read a file .env of somebody's that lies above us; gunicorn would not.
        return {**os.environ, **chosen, "FLASK_SKIP_DOTENV": "1"}
