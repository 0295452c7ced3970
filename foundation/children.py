"""Child processes that cannot outlive us, however we end: the kernel tells them when their parent is gone."""

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
