"""What an address, a frame and an answer are."""

from datetime import date, time
from uuid import uuid4

import pytest

from archive_gateway.dicom.rules.dates import read_date, read_time
from archive_gateway.dicom.rules.frames import (
    PixelShape,
    Span,
    encapsulated_frames,
    native_frames,
    require_shape,
)
from archive_gateway.dicom.rules.uids import is_uid
from archive_gateway.dicom.rules.verdicts import FileRefused
from archive_gateway.dicomweb.rules.accept import choose, media_ranges, takes_json
from archive_gateway.dicomweb.rules.frame_address import FrameAddress, InstanceAddress, frame_numbers
from archive_gateway.dicomweb.rules.frame_bytes import bits_from, little_endian, widened
from archive_gateway.studies.rules import Candidate, Sent, is_other_person, owner_of
from foundation.errors import NotFound

JPEG = "1.2.840.10008.1.2.4.50"


@pytest.mark.parametrize("text", ["1", "1.2.840.10008.1.2.1", "0.0", "1." + "2" * 62])
def test_digits_in_dotted_components_are_a_uid(text):
    assert is_uid(text)


@pytest.mark.parametrize(
    "text", ["", "1..2", ".1", "1.", "01.2", "1.02", "1.a", "1." + "2" * 63, "1.2\n", "١.٢", "../1"]
)
def test_anything_else_is_none(text):
    assert not is_uid(text)


def test_a_list_of_frames_keeps_its_order():
    assert frame_numbers("3,1,2,1") == (3, 1, 2, 1)


@pytest.mark.parametrize(
    "text", ["0", "1,0", "", "1,,2", "-1", "1.5", "x", "1 ", "²", "9" * 10, ",".join("1" * 6000)]
)
def test_what_is_no_frame_number_is_not_found(text):
    with pytest.raises(NotFound):
        frame_numbers(text)


def test_an_address_with_a_malformed_uid_is_not_found():
    with pytest.raises(NotFound):
        InstanceAddress("1.2", "1.2.3", "1.02")


def test_an_address_says_its_path_below_an_archive():
    address = FrameAddress(InstanceAddress("1", "2", "3"), (1, 2))

    assert address.path == "/studies/1/series/2/instances/3/frames/1,2"


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


def test_big_endian_cells_are_turned_each_on_its_own():
    assert little_endian(bytes([1, 2, 3, 4]), cell_bytes=2) == bytes([2, 1, 4, 3])
    assert little_endian(bytes([1, 2, 3, 4]), cell_bytes=4) == bytes([4, 3, 2, 1])


def test_a_span_is_widened_to_whole_cells_counted_from_the_first_pixel():
    assert widened(Span(105, 5), pixels_offset=101, cell_bytes=2) == Span(105, 6)
    assert widened(Span(104, 5), pixels_offset=101, cell_bytes=2) == Span(103, 6)


def test_shared_bits_are_moved_to_the_front():
    assert bits_from(bytes([0b1010_0000, 0b0000_0110]), first_bit=5, count=5) == bytes([0b10101])


def test_whatever_is_asked_for_first_is_sent_if_it_is_there():
    answer = choose(
        'multipart/related; type="image/jpeg"; q=0.5, multipart/related; type=image/jls',
        media_types=("application/octet-stream", "image/jpeg"),
        transfer_syntax_uid=JPEG,
        single=True,
    )

    assert (answer.media_type, answer.multipart) == ("image/jpeg", True)


@pytest.mark.parametrize(
    ("header", "taken"),
    [
        ("", True),
        ("*/*", True),
        ('multipart/related; type="application/octet-stream"; transfer-syntax=*', True),
        (f"multipart/related; type=application/octet-stream; transfer-syntax={JPEG}", True),
        ("multipart/related; type=application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1", False),
        ("multipart/related; type=application/octet-stream; transfer-syntax=1.2.3, */*;q=0.1", True),
        ("application/octet-stream", True),
        ("image/*", True),
        ("image/png", False),
        ("text/html", False),
        ("*/*;q=0", False),
        ("nonsense", False),
    ],
)
def test_an_accept_header_is_understood(header, taken):
    answer = choose(
        header,
        media_types=("application/octet-stream", "image/jpeg"),
        transfer_syntax_uid=JPEG,
        single=True,
    )

    assert (answer is not None) == taken


def test_a_bare_part_is_not_sent_for_a_list():
    assert choose("image/jpeg", media_types=("image/jpeg",), transfer_syntax_uid=JPEG, single=False) is None


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "header",
    [
        "a/b;" + "x=" * 100_000,
        "a/b" + ';x=""' * 40 + ";",  # each value could once be read in two ways
        "/" * 400 + ";",
        "a" * 100_000 + ";",
        'a/b;x="' + "\\" * 100_000,
        "a/b" + " " * 100_000 + "c",
    ],
)
def test_a_hostile_accept_header_is_read_in_no_time(header):
    media_ranges(header)

    assert takes_json("*/*," * 10_000)


def test_spaces_and_quoted_commas_in_an_accept_header_are_no_ends():
    first, second = media_ranges('a/b ; x = "1,\\"2;3" ; q=0.4 , c/d')

    assert (first.media_type, second.media_type) == ("c/d", "a/b")
    assert second.quality == 0.4


def test_dates_and_times_are_read_as_devices_write_them():
    assert read_date("20260305") == read_date("2026.03.05") == date(2026, 3, 5)
    assert read_date("20261305") is read_date("") is read_date("yesterday") is None
    assert read_time("134501.25") == read_time("13:45:01") == time(13, 45, 1)
    assert read_time("1345") == time(13, 45)
    assert read_time("235960") == time(23, 59, 59)
    assert read_time("x") is read_time("2561") is None


BORN = date(1960, 5, 3)


@pytest.mark.parametrize(
    ("name", "birth_date", "national", "meant"),
    [
        ("Ivanova^Anna", BORN, True, True),  # devices write Latin letters
        ("", BORN, True, True),
        ("ИВАНОВА^АННА", None, True, True),
        ("Ivanova^Anna=ИВАНОВА^АННА", None, True, True),
        ("Somebody^Else", None, True, False),
        ("", None, True, False),
        ("ИВАНОВА^АННА", date(1961, 1, 1), True, False),
        ("ИВАНОВА^АННА", BORN, False, True),
        ("Somebody^Else", BORN, False, False),
        ("ИВАНОВА^АННА", None, False, False),
    ],
)
def test_a_picture_belongs_to_whom_more_than_a_number_names(name, birth_date, national, meant):
    anna = Candidate(uuid4(), "Иванова", BORN, national)

    owner = owner_of([anna], Sent("any", name, birth_date))

    assert owner == (anna.patient_id if meant else None)


def test_a_picture_that_may_be_of_two_people_is_of_nobody():
    anna, boris = (Candidate(uuid4(), "Иванов", BORN, national=True) for _ in range(2))

    assert owner_of([anna, boris], Sent("any", "", BORN)) is None
    assert owner_of([], Sent("any", "", BORN)) is None


@pytest.mark.parametrize(
    ("known", "sent", "other"),
    [
        (Sent("17", "A^B", BORN), Sent("17", "A^C", BORN), False),
        (Sent("17", "A^B", BORN), Sent("17", "A^B", None), False),
        (Sent("17"), Sent("18"), True),
        (Sent("17"), Sent(""), True),
        (Sent("17", "", BORN), Sent("17", "", date(1931, 1, 1)), True),
        (Sent("", "", BORN), Sent("", "", date(1931, 1, 1)), True),
        (Sent(""), Sent("17"), False),
    ],
)
def test_a_study_takes_nothing_of_another_person(known, sent, other):
    assert is_other_person(known, sent) is other
