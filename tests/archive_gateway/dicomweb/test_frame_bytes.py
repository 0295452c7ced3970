"""What native bytes become on their way out."""

from archive_gateway.dicom.rules.byte_order import little_endian
from archive_gateway.dicom.rules.frames import (
    Span,
)
from archive_gateway.dicomweb.rules.frame_bytes import aligned_span, bits_at_offset


def test_big_endian_cells_are_turned_each_on_its_own():
    assert little_endian(bytes([1, 2, 3, 4]), cell_bytes=2) == bytes([2, 1, 4, 3])
    assert little_endian(bytes([1, 2, 3, 4]), cell_bytes=4) == bytes([4, 3, 2, 1])


def test_a_span_is_widened_to_whole_cells_counted_from_the_first_pixel():
    assert aligned_span(Span(105, 5), pixels_offset=101, cell_bytes=2) == Span(105, 6)
    assert aligned_span(Span(104, 5), pixels_offset=101, cell_bytes=2) == Span(103, 6)


def test_shared_bits_are_moved_to_the_front():
    assert bits_at_offset(bytes([0b1010_0000, 0b0000_0110]), first_bit=5, count=5) == bytes([0b10101])
