"""Child processes that cannot outlive us, however we end: the kernel tells them when their parent is gone."""

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable

# linux/prctl.h
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def set_parent_death_signal(ending: signal.Signals) -> None:
    """Ask the kernel to send this process the signal when its parent ends, even by kill -9."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, ending)


def parent_death_signal_hook(ending: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: it runs after the change of user, which would wipe the request again."""
    parent = os.getpid()

    def request() -> None:
        set_parent_death_signal(ending)
        # The parent may have died before the request was in place.
        if os.getppid() != parent:
            os._exit(1)

    return request


# Names the descriptor at which a child waits for our signal.
DESCRIPTOR_VARIABLE = "START_SIGNAL_DESCRIPTOR"


class StartSignal:
    """What a child waits for before it goes on: what it will need is being prepared while it reads its code."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()

    def in_environment(self) -> dict[str, str]:
        return {DESCRIPTOR_VARIABLE: str(self.read_end)}

    def send(self) -> None:
        """Let the child go on."""
        with contextlib.suppress(OSError):
            os.write(self._write_end, b".")

    def close(self) -> None:
        """Send nothing any more; closed twice is closed."""
        for descriptor in (self.read_end, self._write_end):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self.read_end = self._write_end = -1


def wait_for_start_signal() -> None:
    """In the child: wait, where we were asked to. Whoever will never be told ends."""
    descriptor = os.environ.pop(DESCRIPTOR_VARIABLE, "")
    if not descriptor:
        return
    with os.fdopen(int(descriptor), "rb") as pipe:
        if not pipe.read(1):
            sys.exit("nobody is left to say when")
