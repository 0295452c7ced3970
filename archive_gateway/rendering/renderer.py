"""The parent's side: children that decode frames for many threads, begun at need, replaced when they die or hang."""

import atexit
import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
        return self._asked(frame, draw=True)

    def tried(self, frame: FrameToDecode) -> Verdict:
        """Whether the frame can be decoded."""
        verdict, _ = self._asked(frame, draw=False)
        return verdict

    def _asked(self, frame: FrameToDecode, *, draw: bool) -> tuple[Verdict, bytes]:
        request = {
            "attributes": frame.attributes,
            "transfer_syntax_uid": frame.transfer_syntax_uid,
            "frame_length": len(frame.frame),
            "draw": draw,
        }
        with self._one() as held:
            try:
                answer, picture = confined_child.ask(
                    held.child(),
                    request,
                    frame.frame,
                    within_s=self._answer_within_s,
                    most_bytes=MOST_PICTURE_BYTES,
                )
            except (OSError, EOFError):
                # It died or hung over this frame, whose bytes no decoder should stumble over.
                held.end()
                return Verdict.NOT_DRAWN, b""
            if answer.get("exhausted"):
                held.end()
        return Verdict(answer["verdict"]), picture

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

    def child(self) -> confined_child.Child:
        if self.current is None or self.current.poll() is not None:
            self.end()
            self.current = confined_child.start(_MODULE)
        return self.current

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
