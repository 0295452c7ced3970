"""Landlock: from here on this process reaches two folders, no network, and no process outside. Linux 5.13, landlock(7).

Not every kernel has it, and some have an older one: each gives what it can, and where there is none nothing happens.
"""

import ctypes
import os
import struct
import sys
from pathlib import Path

# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_WRITE_FILE, _READ_FILE, _MAKE_FILE, _TRUNCATE = 1 << 1, 1 << 2, 1 << 8, 1 << 14
# All that may be refused of files: by version, since an older kernel refuses words that it does not know.
_OF_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_OF_TCP, _TCP_FROM = 0b11, 4
# Abstract sockets of, and signals to, whoever stands outside.
_OF_OTHERS, _OTHERS_FROM = 0b11, 6


def version() -> int:
    """Which Landlock this kernel has; 0 where it has none, or where a container forbids to ask."""
    if sys.platform != "linux":
        return 0
    return max(0, _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_VERSION)))


def restrict_filesystem(*, reading: Path | None = None, writing: Path | None = None) -> None:
    """Narrow this process for good: it reads files beneath one folder, and makes and writes files beneath the other.

    Without folders it opens no file at all.

    What is open stays open. Every module must have been imported.

    Raises:
        OSError: the kernel has it, yet does not do it.
    """
    known = version()
    if not known:
        return
    files = _OF_FILES[min(known, max(_OF_FILES))]
    words = [
        files,
        *([_OF_TCP] if known >= _TCP_FROM else []),
        *([_OF_OTHERS] if known >= _OTHERS_FROM else []),
    ]
    ruleset = _done(_CREATE_RULESET, attributes := struct.pack(f"={len(words)}Q", *words), len(attributes), 0)
    try:
        if reading:
            _allow(ruleset, reading, _READ_FILE)
        if writing:
            _allow(ruleset, writing, (_READ_FILE | _WRITE_FILE | _MAKE_FILE | _TRUNCATE) & files)
        # Without this only root may shut itself in: no program started from here can gain rights by being started.
        if _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise _fault()
        _done(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, folder: Path, rights: int) -> None:
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _done(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _done(number: int, *arguments: int | bytes) -> int:
    passed = [each if isinstance(each, bytes) else ctypes.c_size_t(each) for each in arguments]
    answer = int(_libc().syscall(number, *passed))
    if answer < 0:
        raise _fault()
    return answer


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _fault() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
