"""One PostgreSQL server as our own direct child: reaped when it dies, told by the kernel to end when we do."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from foundation.child_processes import parent_death_signal_hook
from foundation.postgres.embedded.address import (
    ADMINISTRATOR,
    ServerAddress,
    keep_address,
    new_address,
    read_address,
)
from foundation.postgres.embedded.binaries import programs_for
from foundation.postgres.embedded.contents import prepare_database
from foundation.postgres.embedded.server_user import server_user_for
from foundation.postgres.embedded.stale_processes import end_stale_processes

READY_WITHIN_S = 60.0
ENDS_WITHIN_S = 30.0
LOOK_EVERY_S = 0.01

# The kernel takes 108 bytes for the whole address of a socket; the name within the folder needs 15.
LONGEST_SOCKET_FOLDER = 90

SETTINGS = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    # The log must not hold what a person typed, so neither statements nor details nor values; and no faults of
    # statements at all, for "invalid input syntax" quotes the value. The application tells of those, by their kind.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# Only for tests: faster, and a crash of the machine may lose the cluster.
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerDidNotStart(OSError):
    """The server ended, or was silent, before it was ready; holds the end of its log."""


class Server:
    """A cluster below one folder, and the process that serves it. The caller holds the folder's lock."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.data = self.home / "data"
        self.log = folder / "server.log"
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self._user = server_user_for(self.home)
        self._address = read_address(folder)

    def start(self) -> ServerAddress:
        """Start, after making the cluster where there is none and clearing what a killed server left.

        Raises:
            OSError: the folder cannot be written, or the server did not start.
        """
        address = self.locate()
        end_stale_processes(self.data, Path(address.host))
        programs = programs_for(self._user, self.folder)
        if self.is_new():
            self._make_cluster(programs, address)
        self._launch(programs, address)
        self._wait_until_ready()
        prepare_database(address)
        return address

    def is_new(self) -> bool:
        """Whether there is no cluster yet."""
        return not (self.data / "PG_VERSION").exists()

    def locate(self) -> ServerAddress:
        """Say where the server will answer, and remember it for whoever asks.

        Raises:
            OSError: the folder cannot be written.
        """
        self._user.take(self.home)
        self._address = keep_address(
            self.folder, self._address or new_address(), host=str(self._socket_folder())
        )
        return self._address

    def stop(self) -> None:
        """End quickly but cleanly: sessions are broken off, everything committed is kept."""
        if self.process is None:
            return
        for ending in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(ending)
            try:
                self.process.wait(ENDS_WITHIN_S)
                break
            except subprocess.TimeoutExpired:
                continue
        self.process = None
        if self._address and Path(self._address.host).parent != self.home:
            shutil.rmtree(self._address.host, ignore_errors=True)

    def is_running(self) -> bool:
        """Whether the process that we started still lives."""
        return self.process is not None and self.process.poll() is None

    def _socket_folder(self) -> Path:
        """In the home if its path is short enough, else a short private folder, the last one if it still stands."""
        wanted = self.home / "socket"
        if len(os.fsencode(wanted)) > LONGEST_SOCKET_FOLDER:
            kept = Path(self._address.host) if self._address else wanted
            if kept.is_dir() and kept.stat().st_uid == self.home.stat().st_uid:
                return kept
            wanted = Path(tempfile.mkdtemp(prefix="center-"))
        self._user.take(wanted)
        return wanted

    def _make_cluster(self, programs: Path, address: ServerAddress) -> None:
        """Make it under another name first: a start that was killed half-way leaves no half cluster behind."""
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._user.take(unfinished)
        password = self.home / "password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(address.passwords[ADMINISTRATOR])
        os.chown(password, self.home.stat().st_uid, self.home.stat().st_gid)
        with self._seen_from_within() as (home, kept_open):
            made = subprocess.run(
                [
                    programs / "initdb",
                    *("-D", f"{home}/data.new", "-U", ADMINISTRATOR, f"--pwfile={home}/password"),
                    *("--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8"),
                    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *(() if self.durable else ("--no-sync",)),
                ],
                capture_output=True,
                text=True,
                **self._surroundings(kept_open, ending=signal.SIGKILL),
            )
        password.unlink()
        if made.returncode != 0:
            raise ServerDidNotStart(made.stderr.strip())
        unfinished.rename(self.data)

    def _launch(self, programs: Path, address: ServerAddress) -> None:
        settings = SETTINGS if self.durable else SETTINGS | NOT_DURABLE
        with (
            self._seen_from_within() as (home, kept_open),
            self.log.open("a") as log,
        ):
            sockets = address.host if Path(address.host).parent != self.home else f"{home}/socket"
            self.process = subprocess.Popen(
                [
                    programs / "postgres",
                    *("-D", f"{home}/data", "-k", sockets, "-p", str(address.port)),
                    *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._surroundings(kept_open, ending=signal.SIGINT),
            )

    @contextlib.contextmanager
    def _seen_from_within(self) -> Iterator[tuple[Path | str, Sequence[int]]]:
        """The home as the server sees it, and what must stay open meanwhile.

        A borrowed account may own the home and yet not reach it, because a folder above is closed (root's own home, a
        temporary folder). An open descriptor leads there without passing the folders above.
        """
        if not self._user.differs_from_ours:
            yield self.home, ()
            return
        descriptor = os.open(self.home, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)

    def _surroundings(self, kept_open: Sequence[int], *, ending: signal.Signals) -> dict[str, Any]:
        return {
            "cwd": "/",
            "stdin": subprocess.DEVNULL,
            "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            "pass_fds": kept_open,
            "preexec_fn": parent_death_signal_hook(ending),
            **self._user.as_process(),
        }

    def _wait_until_ready(self) -> None:
        patience_ends = time.monotonic() + READY_WITHIN_S
        while not self._says_ready():
            if self.process is None or self.process.poll() is not None or time.monotonic() > patience_ends:
                self.stop()
                lines = self.log.read_text(errors="replace").splitlines()
                raise ServerDidNotStart("\n".join(lines[-5:]))
            time.sleep(LOOK_EVERY_S)

    def _says_ready(self) -> bool:
        """The eighth line of postmaster.pid is how the server tells `pg_ctl` its state."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"
