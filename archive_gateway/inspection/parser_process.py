"""The parent's side: a child that reads untrusted files, used for many of them, replaced when it dies or hangs.

A child reads in one folder and writes in one other; for files that lie elsewhere there is a new one.
"""

import queue
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive_gateway.dicom.rules.refusals import FileRefused, NotDicom
from archive_gateway.inspection import confined_child
from archive_gateway.inspection.description import Description
from archive_gateway.inspection.limits import ANSWER_WITHIN_S, MOST_METADATA_BYTES


class ParserProcess:
    """One child, for one thread at a time."""

    def __init__(self, *, answer_within_s: float = ANSWER_WITHIN_S) -> None:
        self._answer_within_s = answer_within_s
        self._child: confined_child.Child | None = None
        self._folders: tuple[Path, Path] | None = None
        self._derived_folder: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def derived_copy_path(self, within: Path) -> Path:
        """Where the derived copies of this process are written: beneath `within`, in a folder that no other child reaches."""
        if (
            self._derived_folder is None
            or self._derived_folder.parent != within
            or not self._derived_folder.is_dir()
        ):
            self._remove_derived_copies()
            self._derived_folder = Path(tempfile.mkdtemp(dir=within, prefix="derived-"))
        return self._derived_folder / "copy"

    def parse(self, path: Path, derived: Path, *, character_set: str = "") -> tuple[Description, bytes]:
        """The description and metadata of one file.

        Args:
            character_set: of texts of which the file does not say how they are written.

        Raises:
            NotDicom, FileRefused: as the child found, or because it died or hung over the file.
        """
        try:
            answer, metadata = self._answered(path, derived, character_set)
        except TimeoutError as fault:
            raise FileRefused("Reading it takes longer than is allowed.") from fault
        except (OSError, EOFError) as fault:
            raise FileRefused("Reading it stopped the reader.") from fault
        if answer["verdict"] == "not_dicom":
            raise NotDicom(answer["why"])
        if answer["verdict"] == "refused":
            raise FileRefused(answer["why"])
        return Description.from_wire(answer["description"]), metadata

    def _answered(self, path: Path, derived: Path, character_set: str) -> tuple[dict[str, Any], bytes]:
        """The child's answer; a file is blamed only when a fresh child dies over it too."""
        if self._folders != (path.parent, derived.parent):
            self._end_child()
            self._folders = (path.parent, derived.parent)
        for attempt in ("used", "fresh"):
            child = self._child if self._child and self._child.poll() is None else self._start()
            try:
                answer, metadata = self._ask(child, path, derived, character_set)
            except (OSError, EOFError) as fault:
                self._end_child()
                if attempt == "used" and not isinstance(fault, TimeoutError):
                    continue
                raise
            if answer.get("exhausted"):
                self._end_child()
            return answer, metadata
        raise EOFError

    def close(self) -> None:
        """End the child, and forget what it wrote."""
        self._end_child()
        self._remove_derived_copies()

    def _remove_derived_copies(self) -> None:
        if self._derived_folder is not None:
            shutil.rmtree(self._derived_folder, ignore_errors=True)
        self._derived_folder = None

    def _end_child(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            confined_child.end(child)

    def _start(self) -> confined_child.Child:
        self._end_child()
        self._child = confined_child.start("archive_gateway.inspection.child")
        return self._child

    def _ask(
        self, child: confined_child.Child, path: Path, derived: Path, character_set: str
    ) -> tuple[dict[str, Any], bytes]:
        request = {"path": str(path), "derived": str(derived), "character_set": character_set}
        return confined_child.ask(
            child, request, within_s=self._answer_within_s, most_bytes=MOST_METADATA_BYTES
        )


class ParserPool:
    """A few children shared by many threads."""

    def __init__(self, count: int) -> None:
        self._all = [ParserProcess() for _ in range(count)]
        self._free: queue.SimpleQueue[ParserProcess] = queue.SimpleQueue()
        for parser in self._all:
            self._free.put(parser)

    @contextmanager
    def one(self) -> Iterator[ParserProcess]:
        """Wait for a free child, and give it back."""
        parser = self._free.get()
        try:
            yield parser
        finally:
            self._free.put(parser)

    def close(self) -> None:
        for parser in self._all:
            parser.close()
