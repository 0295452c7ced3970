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


def end_with_parent(ending: signal.Signals) -> None:
    """Ask the kernel to send this process the signal when its parent ends, even by kill -9."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, ending)


def ending_with_us(ending: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: it runs after the change of user, which would wipe the request again."""
    parent = os.getpid()

    def ask() -> None:
        end_with_parent(ending)
        # The parent may have died before the request was in place.
        if os.getppid() != parent:
            os._exit(1)

    return ask


# Names the descriptor at which a child waits for a word of ours.
WAITS_AT = "WAITS_FOR_WORD_AT"


class Word:
    """A word that a child waits for: what it will need is being prepared while it reads its code."""

    def __init__(self) -> None:
        self.heard_at, self._said_at = os.pipe()

    def told_in_environment(self) -> dict[str, str]:
        return {WAITS_AT: str(self.heard_at)}

    def say(self) -> None:
        """Let the child go on."""
        with contextlib.suppress(OSError):
            os.write(self._said_at, b".")

    def close(self) -> None:
        """Say nothing any more; closed twice is closed."""
        for descriptor in (self.heard_at, self._said_at):
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self.heard_at = self._said_at = -1


def wait_for_word() -> None:
    """In the child: wait, where we were asked to. Whoever will never be told ends."""
    waits_at = os.environ.pop(WAITS_AT, "")
    if not waits_at:
        return
    with os.fdopen(int(waits_at), "rb") as word:
        if not word.read(1):
            sys.exit("nobody is left to say when")
