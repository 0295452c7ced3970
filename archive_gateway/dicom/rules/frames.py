"""Where each frame lies in a file: spans of bytes, counted out once, when the file comes in.

DICOM PS3.5 section 8 (native pixels), annex A.4 (encapsulated fragments).
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive_gateway.dicom.rules.refusals import FileRefused

BITS_IN_BYTE = 8
# The place of each is kept with the object and read whenever one of them is asked for.
MOST_FRAMES = 100_000
_CELL_SIZES = frozenset({1, 8, 16, 32, 64})


@dataclass(frozen=True)
class Span:
    """Bytes of a file: where they begin, and how many."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        return self.offset + self.length


@dataclass(frozen=True)
class PixelShape:
    """What the header says about the pixels."""

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    frame_count: int
    photometric_interpretation: str = ""

    @property
    def bits_in_frame(self) -> int:
        """Bits of one native frame; YBR_FULL_422 shares its colour between two pixels."""
        cells = self.rows * self.columns * self.samples
        if self.photometric_interpretation == "YBR_FULL_422" and self.samples == 3:
            cells = cells // 3 * 2
        return cells * self.bits_allocated


def require_shape(shape: PixelShape) -> None:
    """Refuse a picture without extent, or with cells of a size that DICOM does not know.

    Raises:
        FileRefused: with the number that is wrong.
    """
    if shape.rows < 1 or shape.columns < 1:
        raise FileRefused("The picture has no rows or no columns.")
    if shape.samples not in {1, 3, 4}:
        raise FileRefused("The picture has an impossible number of samples in a pixel.")
    if shape.bits_allocated not in _CELL_SIZES:
        raise FileRefused("The picture has cells of an impossible size.")
    if not 1 <= shape.frame_count <= MOST_FRAMES:
        raise FileRefused("The picture has an impossible number of frames.")


def frames_of(offsets: Sequence[int], lengths: Sequence[int], in_frame: Sequence[int]) -> list[list[Span]]:
    """The spans of each frame, as the index keeps them.

    Args:
        in_frame: how many spans make each frame; empty where every frame is one.
    """
    spans = [Span(*each) for each in zip(offsets, lengths, strict=True)]
    if not in_frame:
        return [[span] for span in spans]
    remaining = iter(spans)
    return [[next(remaining) for _ in range(count)] for count in in_frame]


def native_frames(shape: PixelShape, pixels: Span) -> list[Span]:
    """The bytes that hold each uncompressed frame; frames of single bits may share a byte with their neighbour.

    Raises:
        FileRefused: the header promises more pixels than there are.
    """
    promised = -(-shape.bits_in_frame * shape.frame_count // BITS_IN_BYTE)
    if promised > pixels.length:
        raise FileRefused("The header promises more pixels than the file holds.")
    spans = []
    for number in range(shape.frame_count):
        begins = number * shape.bits_in_frame
        first = begins // BITS_IN_BYTE
        last = -(-(begins + shape.bits_in_frame) // BITS_IN_BYTE)
        spans.append(Span(pixels.offset + first, last - first))
    return spans


def encapsulated_frames(
    fragments: Sequence[Span],
    *,
    frame_count: int,
    frame_starts: Sequence[int],
    ends_a_frame: Callable[[Span], bool],
) -> list[list[Span]]:
    """The fragments of each compressed frame.

    Args:
        fragments: in file order, without their item headers.
        frame_starts: file offset of the first fragment's item header of each frame, from the basic or extended
            offset table; empty where the file has none.
        ends_a_frame: tells by a fragment's last bytes whether a frame ends there; asked only without a table.

    Raises:
        FileRefused: the fragments cannot be divided into that many frames.
    """
    if not fragments or frame_count > len(fragments):
        raise FileRefused("The header promises more frames than the file holds.")
    if frame_count == 1:
        return [list(fragments)]
    if len(fragments) == frame_count:
        return [[fragment] for fragment in fragments]
    frames = _divided_by_table(fragments, frame_starts) or _divided_by_marker(fragments, ends_a_frame)
    if len(frames) != frame_count:
        raise FileRefused("The compressed pixels cannot be divided into their frames.")
    return frames


_ITEM_HEADER = 8


def _divided_by_table(fragments: Sequence[Span], frame_starts: Sequence[int]) -> list[list[Span]]:
    """Empty where there is no table or it points elsewhere than at fragments."""
    position = {fragment.offset - _ITEM_HEADER: index for index, fragment in enumerate(fragments)}
    if not frame_starts or any(start not in position for start in frame_starts):
        return []
    cuts = [position[start] for start in frame_starts]
    if cuts[0] != 0 or any(after <= before for before, after in itertools.pairwise(cuts)):
        return []
    return [list(fragments[a:b]) for a, b in zip(cuts, [*cuts[1:], len(fragments)], strict=True)]


def _divided_by_marker(fragments: Sequence[Span], ends_a_frame: Callable[[Span], bool]) -> list[list[Span]]:
    frames: list[list[Span]] = [[]]
    for fragment in fragments:
        frames[-1].append(fragment)
        if ends_a_frame(fragment):
            frames.append([])
    return frames if frames[-1] else frames[:-1]
