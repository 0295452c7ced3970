"""Speaking with a confined child: it is begun without a secret of ours, asked one line at a time, and never waited for in vain."""

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import orjson

_HOUSE = Path(__file__).resolve().parents[2]
_BLOCK_BYTES = 1 << 16
_LONGEST_LINE = 256 << 20

# A child of ours: its input and output are pipes.
Child = subprocess.Popen[bytes]


def start(module: str) -> Child:
    """A new child that runs this module."""
    # None of our settings goes along: a child that reads hostile bytes has no secret to give away.
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(_HOUSE),
        "OPENBLAS_NUM_THREADS": "1",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_HOUSE,
        env=environment,
        bufsize=0,
        start_new_session=True,
    )


def end(child: Child) -> None:
    """Whatever it is doing, it is gone afterwards."""
    child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()


def ask(
    child: Child, request: Mapping[str, object], body: bytes = b"", *, within_s: float, most_bytes: int
) -> tuple[dict[str, Any], bytes]:
    """The child's answer to one request, and the bytes that belong to it.

    Args:
        body: follows the line of the request; its length stands in the request.
        most_bytes: more than so many never belong to an answer.

    Raises:
        OSError, EOFError: it died over it, or what it wrote is no answer. It must be ended: what else it writes would be
            taken for the answer to the next request, which is about somebody else.
        TimeoutError: it did not answer in time.
    """
    assert child.stdin is not None and child.stdout is not None  # noqa: S101 (both are pipes)
    for part in (orjson.dumps(request) + b"\n", body):
        _write(child.stdin.fileno(), part)
    until = time.monotonic() + within_s
    received = b""
    while b"\n" not in received:
        received += _some(child.stdout.fileno(), until)
        if len(received) > _LONGEST_LINE:
            raise EOFError
    line, _, rest = received.partition(b"\n")
    answer, length = _read_answer(line, most_bytes)
    parts, missing = [rest], length - len(rest)
    while missing > 0:
        parts.append(_some(child.stdout.fileno(), until))
        missing -= len(parts[-1])
    if missing:
        raise EOFError
    return answer, b"".join(parts)


def _read_answer(line: bytes, most_bytes: int) -> tuple[dict[str, Any], int]:
    """The answer, and how many bytes belong to it. Raises EOFError where this is none."""
    try:
        answer = orjson.loads(line)
        length, _verdict = int(answer["length"]), answer["verdict"]
    except (ValueError, TypeError, LookupError) as fault:
        raise EOFError from fault
    if not 0 <= length <= most_bytes:
        raise EOFError
    return answer, length


def own_answers() -> BinaryIO:
    """For the child: where its answers go. Decoders written in C print their complaints to what was the output before."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, sys.stdout.fileno())
    os.close(silence)
    return answers


def _write(descriptor: int, part: bytes) -> None:
    rest = memoryview(part)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _some(descriptor: int, until: float) -> bytes:
    """What the child has written by now. Raises TimeoutError, EOFError."""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        if not selector.select(max(0.0, until - time.monotonic())):
            raise TimeoutError
    block = os.read(descriptor, _BLOCK_BYTES)
    if not block:
        raise EOFError
    return block
