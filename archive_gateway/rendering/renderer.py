"""The parent's side: children that decode frames for many threads, begun at need, replaced when they die or hang."""

import atexit
import queue
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import TracebackType
from typing import Any, Self

from archive_gateway.inspection import confined_child

_MODULE = "archive_gateway.rendering.child"
ANSWER_WITHIN_S = 20.0
# A mammogram in colour, uncompressed.
MOST_PICTURE_BYTES = 256 << 20
# Ways to die by one's own fault; whoever is killed from outside, or for want of time or memory, dies otherwise.
_BREAKDOWNS = frozenset(
    -each for each in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
)
_DEAD_WITHIN_S = 2.0


class Verdict(StrEnum):
    """What came of a frame. `NOT_DRAWN` says nothing of the frame: nobody here can decode or draw such ones."""

    GOOD = "good"
    BROKEN = "broken"
    NOT_DRAWN = "not_drawn"


@dataclass(frozen=True)
class FrameToDecode:
    """One frame as it is sent, and what its header says of it (`drawing_attributes`)."""

    attributes: Mapping[str, Any]
    transfer_syntax_uid: str
    frame: bytes


class Renderer:
    """A few children. None is begun before it is needed."""

    def __init__(self, children: int = 1, *, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._answer_within_s = answer_within_s
        self._idle: queue.SimpleQueue[confined_child.Child | None] = queue.SimpleQueue()
        self._children = children
        for _ in range(children):
            self._idle.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        for _ in range(self._children):
            child = self._idle.get()
            if child:
                confined_child.end(child)
            self._idle.put(None)

    def picture(self, frame: FrameToDecode) -> tuple[Verdict, bytes]:
        """The frame as PNG; empty where it cannot be drawn."""
        return self._asked(frame, wanted="picture")

    def tried(self, frame: FrameToDecode) -> Verdict:
        """Whether the frame can be decoded."""
        verdict, _ = self._asked(frame, wanted="verdict")
        return verdict

    def digest(self, frame: FrameToDecode) -> tuple[Verdict, bytes]:
        """A digest of the decoded values, the same however the frame is encoded; empty where it cannot be decoded."""
        return self._asked(frame, wanted="digest")

    def explicit(self, around: bytes, *, before: int) -> tuple[bytes, bytes] | None:
        """See `archive_gateway.rendering.explicit.explicit_around_pixels`; None where it cannot be written anew."""
        request = {
            "wanted": "explicit",
            "before": before,
            "transfer_syntax_uid": "",
            "frame_length": len(around),
        }
        with self._one() as held:
            answer, written = self._answered(held, request, around)
            if answer.get("exhausted"):
                held.end()
        if answer["verdict"] != Verdict.GOOD:
            return None
        return written[: answer["before"]], written[answer["before"] :]

    def _asked(self, frame: FrameToDecode, *, wanted: str) -> tuple[Verdict, bytes]:
        request = {
            "attributes": frame.attributes,
            "transfer_syntax_uid": frame.transfer_syntax_uid,
            "frame_length": len(frame.frame),
            "wanted": wanted,
        }
        with self._one() as held:
            answer, picture = self._answered(held, request, frame.frame)
            if answer.get("exhausted"):
                held.end()
        return Verdict(answer["verdict"]), picture

    def _answered(
        self, held: "_Held", request: Mapping[str, object], frame: bytes
    ) -> tuple[dict[str, Any], bytes]:
        """The child's answer; a frame is blamed only when a fresh child breaks down over it too."""
        child, fresh = held.begun()
        try:
            return confined_child.ask(
                child,
                request,
                frame,
                within_s=self._answer_within_s,
                most_bytes=MOST_PICTURE_BYTES,
            )
        except TimeoutError:
            held.end()
            return {"verdict": Verdict.NOT_DRAWN}, b""
        except (OSError, EOFError):
            broke_down = held.has_broken_down()
            held.end()
            if not fresh:
                return self._answered(held, request, frame)
            return {"verdict": Verdict.BROKEN if broke_down else Verdict.NOT_DRAWN}, b""

    @contextmanager
    def _one(self) -> Iterator["_Held"]:
        """Wait for a free child, and give it back."""
        held = _Held(self._idle.get())
        try:
            yield held
        finally:
            self._idle.put(held.current)


class _Held:
    """The place of one child, for one thread at a time."""

    def __init__(self, current: confined_child.Child | None) -> None:
        self.current = current

    def begun(self) -> tuple[confined_child.Child, bool]:
        """One that lives, and whether it is a new one."""
        if self.current is not None and self.current.poll() is None:
            return self.current, False
        self.end()
        self.current = confined_child.start(_MODULE)
        return self.current, True

    def has_broken_down(self) -> bool:
        """Whether it, having fallen silent, died of what it was doing."""
        if self.current is None:
            return False
        with suppress(subprocess.TimeoutExpired):
            self.current.wait(_DEAD_WITHIN_S)
        return self.current.returncode in _BREAKDOWNS

    def end(self) -> None:
        current, self.current = self.current, None
        if current:
            confined_child.end(current)


@cache
def open_renderer() -> Renderer:
    """The one of this process; its child ends with it."""
    renderer = Renderer()
    atexit.register(renderer.close)
    return renderer
