"""Where the frames of an object lie."""

import pytest

from archive_gateway.dicom.rules.frames import (
    PixelShape,
    Span,
    encapsulated_frames,
    native_frames,
    require_shape,
)
from archive_gateway.dicom.rules.refusals import FileRefused


def test_native_frames_lie_one_after_another():
    shape = PixelShape(rows=2, columns=3, samples=1, bits_allocated=16, frame_count=2)

    assert native_frames(shape, Span(100, 24)) == [Span(100, 12), Span(112, 12)]


def test_frames_of_single_bits_may_share_a_byte():
    shape = PixelShape(rows=1, columns=10, samples=1, bits_allocated=1, frame_count=3)

    assert native_frames(shape, Span(0, 4)) == [Span(0, 2), Span(1, 2), Span(2, 2)]


def test_subsampled_colour_takes_two_bytes_a_pixel():
    shape = PixelShape(2, 2, 3, 8, 1, "YBR_FULL_422")

    assert native_frames(shape, Span(0, 8)) == [Span(0, 8)]


def test_a_header_that_promises_more_pixels_than_there_are_is_refused():
    shape = PixelShape(rows=60_000, columns=60_000, samples=3, bits_allocated=32, frame_count=900_000)

    with pytest.raises(FileRefused):
        native_frames(shape, Span(0, 1000))


@pytest.mark.parametrize(
    "shape",
    [
        PixelShape(0, 1, 1, 8, 1),
        PixelShape(1, -1, 1, 8, 1),
        PixelShape(1, 1, 2, 8, 1),
        PixelShape(1, 1, 1, 7, 1),
        PixelShape(1, 1, 1, 8, 0),
        PixelShape(1, 1, 1, 8, 10**9),
    ],
)
def test_an_impossible_shape_is_refused(shape):
    with pytest.raises(FileRefused):
        require_shape(shape)


def divided(lengths, *, frame_count, starts=(), ends=()):
    """Fragments one after another, each with its item header; `ends` are the indexes that end a frame."""
    fragments, at = [], 0
    for length in lengths:
        fragments.append(Span(at + 8, length))
        at += 8 + length
    marked = {fragments[index] for index in ends}
    frames = encapsulated_frames(
        fragments,
        frame_count=frame_count,
        frame_starts=[fragments[index].offset - 8 for index in starts],
        ends_a_frame=lambda span: span in marked,
    )
    return [[fragments.index(span) for span in frame] for frame in frames]


def test_one_frame_takes_all_fragments():
    assert divided([4, 4, 4], frame_count=1) == [[0, 1, 2]]


def test_as_many_fragments_as_frames_need_no_table():
    assert divided([4, 4], frame_count=2) == [[0], [1]]


def test_a_table_divides_the_fragments():
    assert divided([4, 4, 4], frame_count=2, starts=(0, 1)) == [[0], [1, 2]]


def test_without_a_table_the_end_marks_divide_them():
    assert divided([4, 4, 4], frame_count=2, ends=(1, 2)) == [[0, 1], [2]]


@pytest.mark.parametrize("starts", [(1, 2), (0, 0), (2, 0)])
def test_a_table_that_makes_no_sense_is_not_believed(starts):
    assert divided([4, 4, 4], frame_count=2, starts=starts, ends=(0, 2)) == [[0], [1, 2]]


def test_fragments_that_cannot_be_divided_are_refused():
    with pytest.raises(FileRefused):
        divided([4, 4, 4], frame_count=2)


def test_more_frames_than_fragments_are_refused():
    with pytest.raises(FileRefused):
        divided([4], frame_count=2)
