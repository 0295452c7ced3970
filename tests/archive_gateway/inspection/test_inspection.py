"""Files that nobody has vouched for are read by a confined child, and every frame's place is right."""

import os
import shutil
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
)

from archive_gateway.dicom.rules.byte_order import little_endian
from archive_gateway.dicom.rules.refusals import FileRefused, NotDicom
from archive_gateway.dicom.rules.transfer_syntax import is_native
from archive_gateway.dicomweb.rules.frame_bytes import bits_at_offset
from archive_gateway.inspection.parser_process import ParserProcess
from tests.archive_gateway.dicom.factories import data_set, fragmented, write

WHEEL = Path(pydicom.__file__).parent / "data"


@pytest.fixture(scope="module")
def parser():
    with ParserProcess() as made:
        yield made


@pytest.fixture
def parse(parser, tmp_path):
    """`examine(path)` gives the description, the metadata, and the file that would be served."""

    def examined(path):
        # One folder for all: for files of another there is a new child.
        waiting, derived_copy = tmp_path / "waiting", tmp_path / "twin"
        shutil.copyfile(path, waiting)
        description, metadata = parser.parse(waiting, derived_copy)
        return description, metadata, derived_copy if description.derived else path

    return examined


def frames_of(description, served: Path) -> list[bytes]:
    """The frames as their spans say, each put together from its fragments."""
    content = served.read_bytes()
    counts = iter(description.spans_in_frame or [1] * description.frame_count)
    spans = iter(zip(description.span_offsets, description.span_lengths, strict=True))
    return [b"".join(content[o : o + n] for o, n in (next(spans) for _ in range(count))) for count in counts]


def expected_frames(path: Path) -> list[bytes]:
    """The frames as pydicom divides them."""
    whole = pydicom.dcmread(path, force=True)
    count = int(whole.get("NumberOfFrames") or 1)
    if not whole.original_encoding[1] and whole["PixelData"].VR == "OW":
        whole.PixelData = little_endian(whole.PixelData, cell_bytes=max(2, whole.BitsAllocated // 8))
    if whole["PixelData"].is_undefined_length:
        return list(generate_frames(whole.PixelData, number_of_frames=count))
    length = len(whole.PixelData) * 8 // 8
    bits = whole.Rows * whole.Columns * (whole.get("SamplesPerPixel") or 1) * whole.BitsAllocated
    if whole.get("PhotometricInterpretation") == "YBR_FULL_422":
        bits = bits // 3 * 2
    if bits % 8:
        pixels = np.unpackbits(np.frombuffer(whole.PixelData, np.uint8), bitorder="little")
        return [
            np.packbits(pixels[n * bits : (n + 1) * bits], bitorder="little").tobytes() for n in range(count)
        ]
    assert bits // 8 * count <= length
    return [whole.PixelData[n * bits // 8 : (n + 1) * bits // 8] for n in range(count)]


def all_files(*folders: Path) -> list[Path]:
    return sorted(each for folder in folders for each in folder.rglob("*") if each.is_file())


def with_frames(parse, paths):
    """Every file that is good and has frames, beside what pydicom makes of it."""
    for path in paths:
        try:
            description, _, served = parse(path)
        except (FileRefused, NotDicom):
            continue
        if description.frame_count:
            yield path, description, served


def aligned(description, frames: list[bytes]) -> list[bytes]:
    """Single bits moved to the front, as the route does it."""
    native = is_native(description.served_transfer_syntax_uid)
    if not native or description.bits_allocated != 1 or description.bits_in_frame % 8 == 0:
        return frames
    bits = description.bits_in_frame
    return [bits_at_offset(f, first_bit=n * bits % 8, count=bits) for n, f in enumerate(frames)]


@pytest.mark.parametrize("source", ["wheel", "shared"])
def test_every_frame_of_every_file_is_byte_for_byte_what_pydicom_divides_it_into(parse, request, source):
    folder = WHEEL if source == "wheel" else request.getfixturevalue("shared_data") / "dicom"
    syntaxes, count = set(), 0

    for path, description, served in with_frames(parse, all_files(folder)):
        frames = frames_of(description, served)
        frames = aligned(description, frames)
        assert frames == expected_frames(path), path
        syntaxes.add(description.transfer_syntax_uid)
        count += len(frames)

    assert count > 100
    assert len(syntaxes) > 10


def test_every_file_of_the_shared_inputs_gets_a_verdict_in_words(parse, shared_data):
    taken = refused = 0

    for path in all_files(shared_data / "dicom", WHEEL):
        try:
            description, metadata, _ = parse(path)
        except (FileRefused, NotDicom) as verdict:
            assert str(verdict).endswith("."), path
            refused += 1
        else:
            taken += 1
            assert description.study_instance_uid
            assert metadata.startswith(b"{")
            assert b'"7FE0' not in metadata

    assert taken > 50
    assert refused > 10


def test_a_file_cut_short_is_refused_and_never_shows_half_a_picture(parser, tmp_path):
    whole = write(data_set(frames=2), tmp_path / "whole").path.read_bytes()
    read_without_pixels = 0

    for length in range(0, len(whole), 3):
        cut = tmp_path / "cut"
        cut.write_bytes(whole[:length])
        try:
            description, _ = parser.parse(cut, tmp_path / "twin")
        except (FileRefused, NotDicom):
            continue
        # Cut exactly between two elements: a file without pixels, as there are many.
        assert description.frame_count == 0
        read_without_pixels += 1

    assert read_without_pixels < 10


def test_flipped_bytes_never_stop_the_reader(parser, tmp_path):
    whole = write(data_set(frames=2), tmp_path / "whole").path.read_bytes()
    random = np.random.default_rng(7)

    for _ in range(150):
        flipped = bytearray(whole)
        for at in random.integers(132, len(whole), 6):
            flipped[at] = int(random.integers(0, 256))
        path = tmp_path / "flipped"
        path.write_bytes(flipped)
        try:
            parser.parse(path, tmp_path / "twin")
        except (FileRefused, NotDicom) as verdict:
            assert "stopped the reader" not in str(verdict)


def test_a_deflated_file_is_inflated_into_a_twin_with_frames_that_can_be_addressed(parse, tmp_path):
    made = data_set(frames=3)
    image = write(made, tmp_path / "deflated", syntax=DeflatedExplicitVRLittleEndian)

    description, _, served = parse(image.path)

    assert description.derived
    assert description.served_transfer_syntax_uid == "1.2.840.10008.1.2.1"
    assert b"".join(frames_of(description, served)) == made.PixelData
    assert pydicom.dcmread(served).SOPInstanceUID == image.instance_uid


def test_a_small_file_that_inflates_without_end_is_refused_cheaply(parser, tmp_path):
    image = write(data_set(), tmp_path / "deflated", syntax=DeflatedExplicitVRLittleEndian)
    content = image.path.read_bytes()
    with image.path.open("rb") as file:
        pydicom.filereader.read_preamble(file, False)
        pydicom.filereader.read_dataset(file, False, True, stop_when=lambda tag, *_: tag.group != 2)
        begins = file.tell()
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = b"".join([deflater.compress(bytes(1 << 20)) for _ in range(600)]) + deflater.flush()
    image.path.write_bytes(content[:begins] + bomb)
    assert image.path.stat().st_size < 1_000_000

    with pytest.raises(FileRefused, match="Inflated"):
        parser.parse(image.path, tmp_path / "twin")


def test_a_deflated_file_cut_short_is_refused(parser, tmp_path):
    image = write(data_set(), tmp_path / "deflated", syntax=DeflatedExplicitVRLittleEndian)
    image.path.write_bytes(image.path.read_bytes()[:-40])

    with pytest.raises(FileRefused):
        parser.parse(image.path, tmp_path / "twin")


def test_a_file_without_the_prefix_gets_a_twin_that_has_it(parse, tmp_path):
    made = data_set()
    image = write(made, tmp_path / "whole", syntax=ImplicitVRLittleEndian)
    bare = tmp_path / "bare"
    bare.write_bytes(image.path.read_bytes()[132:])

    description, _, served = parse(bare)

    assert served.read_bytes()[128:132] == b"DICM"
    assert b"".join(frames_of(description, served)) == made.PixelData


def test_escapes_and_line_ends_reach_no_title(parse, tmp_path):
    image = write(data_set(StudyDescription="Head\x1b[31m\r\nplain"), tmp_path / "escaped")

    description, _, _ = parse(image.path)

    assert description.study_description == "Head [31m plain"


def test_big_endian_frames_are_the_same_pixels_once_turned(parse, tmp_path):
    made = data_set(frames=2)
    little = made.PixelData
    made.PixelData = little_endian(little, cell_bytes=2)
    image = write(made, tmp_path / "big", syntax=ExplicitVRBigEndian)

    description, _, served = parse(image.path)

    frames = [
        little_endian(frame, cell_bytes=description.cell_bytes) for frame in frames_of(description, served)
    ]
    assert b"".join(frames) == little


@pytest.mark.parametrize("table", [True, False])
def test_frames_of_several_fragments_are_put_together(parse, tmp_path, table):
    frames = [[b"\xff\xd8aa", b"bb\xff\xd9"], [b"\xff\xd8cc", b"dddd", b"ee\xff\xd9"]]
    made = data_set(frames=2, bits=8)
    made.PixelData = fragmented(frames, table=table)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    image = write(made, tmp_path / "fragments", syntax=JPEGBaseline8Bit)

    description, _, served = parse(image.path)

    assert frames_of(description, served) == [b"".join(frame) for frame in frames]


def test_compressed_pixels_that_promise_more_frames_than_there_are_are_refused(parser, tmp_path):
    made = data_set(frames=5, bits=8)
    made.PixelData = fragmented([[b"abcd"], [b"efgh"]], table=False)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    image = write(made, tmp_path / "few", syntax=RLELossless)

    with pytest.raises(FileRefused, match="more frames"):
        parser.parse(image.path, tmp_path / "twin")


def test_native_pixels_that_promise_more_than_the_file_holds_are_refused(parser, tmp_path):
    image = write(data_set(Rows=60000, Columns=60000, NumberOfFrames=30000), tmp_path / "huge")

    with pytest.raises(FileRefused, match="more pixels"):
        parser.parse(image.path, tmp_path / "twin")


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"])
@pytest.mark.parametrize("value", ["1.2.3a", "../../etc", "1..2", "1.02"])
def test_a_malformed_identifier_is_refused_by_name(parser, tmp_path, keyword, value):
    made = data_set()
    whole = write(made, tmp_path / "whole").path.read_bytes()
    old = made[keyword].value.encode()
    at = whole.rindex(old)
    (tmp_path / "bad").write_bytes(
        whole[:at] + value.encode().ljust(len(old), b"\0")[: len(old)] + whole[at + len(old) :]
    )

    with pytest.raises(FileRefused, match=keyword):
        parser.parse(tmp_path / "bad", tmp_path / "twin")


def test_a_value_that_cannot_be_read_costs_only_itself(parse, tmp_path):
    image = write(data_set(SliceThickness="1.25", SeriesDescription="Chest"), tmp_path / "image")
    image.path.write_bytes(image.path.read_bytes().replace(b"1.25", b"1,x?"))

    _, metadata, _ = parse(image.path)

    assert b"Chest" in metadata
    assert b"00180050" not in metadata


def test_a_header_nested_without_end_is_refused(parser, tmp_path):
    made = data_set()
    inner = pydicom.Dataset()
    inner.SeriesDescription = "deepest"
    for _ in range(60):
        outer = pydicom.Dataset()
        outer.RequestAttributesSequence = [inner]
        inner = outer
    made.RequestAttributesSequence = [inner]
    image = write(made, tmp_path / "deep")

    with pytest.raises(FileRefused):
        parser.parse(image.path, tmp_path / "twin")


@pytest.mark.parametrize(
    "content", [b"", b"x", b"hello, I am a text file", bytes(4096), b"PK\x03\x04" + bytes(100)]
)
def test_something_else_is_not_dicom(parser, tmp_path, content):
    path = tmp_path / "something"
    path.write_bytes(content)

    with pytest.raises(NotDicom):
        parser.parse(path, tmp_path / "twin")


def test_a_directory_of_other_files_is_no_image(parser, tmp_path):
    with pytest.raises(NotDicom, match="DICOMDIR"):
        parser.parse(WHEEL / "test_files" / "dicomdirtests" / "DICOMDIR", tmp_path / "twin")


def test_a_child_that_dies_is_replaced(tmp_path):
    image = write(data_set(), tmp_path / "image")
    with ParserProcess() as parser:
        parser.parse(image.path, tmp_path / "twin")
        parser._child.kill()
        parser._child.wait()

        description, _ = parser.parse(image.path, tmp_path / "twin")

    assert description.sop_instance_uid == image.instance_uid


def test_a_file_over_which_the_reader_hangs_is_refused_and_the_next_is_read(tmp_path):
    image = write(data_set(), tmp_path / "image")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ParserProcess(answer_within_s=2.5) as parser:
        with pytest.raises(FileRefused, match="longer"):
            parser.parse(pipe, tmp_path / "twin")

        assert parser.parse(image.path, tmp_path / "twin")[0].frame_count == 1


def test_the_child_knows_no_secret_and_has_little_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "must not go along")
    image = write(data_set(), tmp_path / "image")
    with ParserProcess() as parser:
        parser.parse(image.path, tmp_path / "twin")
        child = Path(f"/proc/{parser._child.pid}")

        assert b"must not go along" not in (child / "environ").read_bytes()
        limits = (child / "limits").read_text()

    assert "Max address space         1073741824" in limits
    assert "Max core file size        0" in limits
