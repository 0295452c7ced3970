"""Compressed frames, decoded by the confined child: as good as the uncompressed ones, and never a guess."""

from pathlib import Path

import gdcm
import numpy as np
import pydicom
import pydicom.data
import pytest
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array
from pydicom.uid import generate_uid

from archive_gateway.rendering import renderer as rendering
from archive_gateway.rendering.drawing import decoded
from archive_gateway.rendering.renderer import FrameToDecode, Renderer, Verdict
from archive_gateway.rendering.rules.attributes import drawing_attributes
from archive_gateway.rendering.rules.codestream import FrameHeader, breaks_off, jpeg_ls_header, precision_of
from tests.archive_gateway.png import pixels_of

LIBRARY_FILES = Path(pydicom.data.__file__).parent / "test_files"
REFERENCE = "LittleEndianExplicit"
LOSSLESS = (
    *("RLELossless", "JPEGProcess14", "JPEGProcess14SV1"),
    *("JPEGLSLossless", "JPEG2000LosslessOnly"),
)
LOSSY = ("JPEGProcess2_4", "JPEGProcess6_8", "JPEGProcess10_12", "JPEGLSLossy", "JPEG2000")
LOSSY_MAX_MEAN_DIFFERENCE = 8
EIGHT_BITS = "JPEGProcess1"
COLOURS = (
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_jls_lossy_line.dcm",
    "SC_rgb_jpeg_gdcm.dcm",
    "examples_jpeg2k.dcm",
)
JPEG_LOSSLESS, JPEG_LS = "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80"
JPEG_2000, RLE = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"
JP2 = b"\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a"


@pytest.fixture(scope="module")
def renderer():
    with Renderer() as children:
        yield children


@pytest.fixture
def of_syntax(shared_data: Path):
    """`of_syntax("JPEG2000")`: the slice that is there in every syntax."""

    def read(syntax: str) -> pydicom.Dataset:
        return pydicom.dcmread(shared_data / "dicom" / "single" / f"CTImage_{syntax}TransferSyntax.dcm")

    return read


def frame_of(dataset: pydicom.Dataset) -> bytes:
    if not dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return dataset.PixelData
    return next(generate_frames(dataset.PixelData, number_of_frames=1))


def to_decode(dataset: pydicom.Dataset, frame: bytes | None = None) -> FrameToDecode:
    header = pydicom.Dataset({each.tag: each for each in dataset if each.keyword != "PixelData"})
    attributes = drawing_attributes(header.to_json_dict(suppress_invalid_tags=True), frame_number=1)
    syntax = str(dataset.file_meta.TransferSyntaxUID)
    return FrameToDecode(attributes, syntax, frame_of(dataset) if frame is None else frame)


def picture(renderer: Renderer, dataset: pydicom.Dataset) -> np.ndarray:
    verdict, png = renderer.picture(to_decode(dataset))
    assert verdict is Verdict.GOOD
    return pixels_of(png)


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_a_lossless_frame_is_drawn_as_the_uncompressed_one(renderer, of_syntax, syntax):
    assert np.array_equal(picture(renderer, of_syntax(syntax)), picture(renderer, of_syntax(REFERENCE)))


@pytest.mark.parametrize("syntax", LOSSY)
def test_a_lossy_frame_is_drawn_nearly_as_the_uncompressed_one(renderer, of_syntax, syntax):
    seen, wanted = (picture(renderer, of_syntax(each)).astype(int) for each in (syntax, REFERENCE))

    assert 0 < np.abs(seen - wanted).mean() < LOSSY_MAX_MEAN_DIFFERENCE


@pytest.mark.parametrize("name", COLOURS)
def test_a_compressed_colour_is_the_one_that_pydicom_tells(renderer, name):
    dataset = pydicom.dcmread(LIBRARY_FILES / name)

    assert np.array_equal(picture(renderer, dataset), pixel_array(dataset))


@pytest.mark.parametrize("syntax", [*LOSSLESS, *LOSSY, EIGHT_BITS])
@pytest.mark.parametrize("kept", [600, 0.5, 0.75])
@pytest.mark.parametrize("filled", [True, False])
def test_a_frame_that_breaks_off_is_no_picture(renderer, of_syntax, syntax, kept, filled):
    dataset = of_syntax(syntax)
    whole = frame_of(dataset)
    length = kept if kept > 1 else int(len(whole) * kept)
    cut = whole[:length] + bytes(len(whole) - length if filled else 0)

    assert renderer.tried(to_decode(dataset)) is Verdict.GOOD
    assert renderer.tried(to_decode(dataset, cut)) is Verdict.BROKEN


@pytest.mark.parametrize(("rows", "columns"), [(64, 64), (1024, 1024), (512, 256)])
@pytest.mark.parametrize("syntax", ["JPEGLSLossless", "JPEG2000LosslessOnly", "JPEGProcess14SV1", EIGHT_BITS])
def test_a_frame_of_another_size_than_its_object_says_is_no_picture(
    renderer, of_syntax, syntax, rows, columns
):
    dataset = of_syntax(syntax)
    dataset.Rows, dataset.Columns = rows, columns

    assert renderer.tried(to_decode(dataset)) is Verdict.BROKEN


@pytest.mark.parametrize(
    ("syntax", "allocated", "stored"),
    [
        *(
            (syntax, *bits)
            for syntax in ("JPEGLSLossless", "JPEG2000LosslessOnly", "JPEGProcess14SV1", "JPEGProcess14")
            for bits in ((8, 8), (16, 8), (16, 12))
        ),
        *(
            (syntax, *bits)
            for syntax in ("JPEGProcess2_4", "JPEGProcess6_8", "JPEGProcess10_12")
            for bits in ((16, 11), (16, 10), (16, 8))
        ),
        *((syntax, *bits) for syntax in ("JPEGLSLossy", "JPEG2000") for bits in ((16, 12), (16, 8))),
        ("JPEGProcess14SV1", 32, 32),
        ("JPEGProcess2_4", 8, 8),
        (EIGHT_BITS, 16, 16),
    ],
)
def test_a_frame_of_other_bits_than_its_object_says_is_no_picture(
    renderer, of_syntax, syntax, allocated, stored
):
    dataset = of_syntax(syntax)
    assert renderer.tried(to_decode(dataset)) is Verdict.GOOD
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = allocated, stored, stored - 1

    assert renderer.tried(to_decode(dataset)) is Verdict.BROKEN


def test_what_overshoots_in_a_lossy_frame_is_white_and_not_black(renderer, of_syntax, tmp_path):
    dataset = of_syntax(REFERENCE)
    white = np.random.default_rng(7).choice((4095, 3495), size=(dataset.Rows, dataset.Columns))
    dataset.PixelData, dataset.PixelRepresentation = white.astype("<u2").tobytes(), 0
    dataset.WindowCenter, dataset.WindowWidth = 3000, 4000
    lossy = nearly_lossless(dataset, tmp_path, error=30)
    whole = pixel_array(lossy, raw=True)
    lossy.BitsStored, lossy.HighBit = 12, 11
    assert whole.max() > 4095

    values = decoded(lossy, frame_of(lossy), transfer_syntax_uid=lossy.file_meta.TransferSyntaxUID)

    assert np.array_equal(values, np.minimum(whole, 4095))
    assert picture(renderer, lossy).min() > 64


def nearly_lossless(dataset: pydicom.Dataset, folder: Path, *, error: int) -> pydicom.Dataset:
    """The same in JPEG-LS, no value further away than the error."""
    codec, change, reader, writer = (
        gdcm.JPEGLSCodec(),
        gdcm.ImageChangeTransferSyntax(),
        gdcm.ImageReader(),
        gdcm.ImageWriter(),
    )
    dataset.save_as(folder / "native.dcm")
    reader.SetFileName(str(folder / "native.dcm"))
    assert reader.Read()
    codec.SetLossless(False)
    codec.SetLossyError(error)
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.JPEGLSNearLossless))
    change.SetUserCodec(codec)
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    writer.SetFileName(str(folder / "lossy.dcm"))
    assert writer.Write()
    return pydicom.dcmread(folder / "lossy.dcm")


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_spare_bits_of_a_codestream_are_no_fault(renderer, of_syntax, syntax):
    dataset = of_syntax(syntax)
    dataset.BitsStored, dataset.HighBit = 14, 13

    assert np.array_equal(picture(renderer, dataset), picture(renderer, of_syntax(REFERENCE)))


@pytest.mark.parametrize(
    ("frame", "precision"),
    [
        (b"\xff\xd8\xff\xe0\x00\x04\xff\xc3\xff\xff\xc3\x00\x0b\x0c\x02\x00", 12),
        (b"\xff\xd8\xff\xf7\x00\x0b\x10\x02\x00", 16),
        (b"\xff\x4f\xff\x51" + bytes(38) + b"\x8b", 12),
        (JP2 + b"\xff\x4f\xff\x51" + bytes(38) + b"\x0f", 16),
        (b"\xff\x4f\xff\x51", None),
        (b"\xff\xd8\xff\xe0\x00\x04", None),
        (b"\xff\xd8\xff\xe0\x00\x00" + bytes(9), None),
        (b"any bytes", None),
    ],
)
def test_the_bits_of_a_sample_are_read(frame, precision):
    assert precision_of(frame) == precision


def test_too_few_bits_for_the_decoder_say_nothing_of_the_frame(renderer, shared_data):
    dataset = pydicom.dcmread(shared_data / "dicom" / "single" / "JLSL_08_07_0_1F.dcm")

    assert renderer.tried(to_decode(dataset)) is Verdict.NOT_DRAWN


def test_a_file_of_boxes_without_length_is_no_endless_task(renderer):
    dataset = pydicom.dcmread(LIBRARY_FILES / "GDCMJ2K_TextGBR.dcm")
    whole = frame_of(dataset)
    assert whole.startswith(JP2)

    assert renderer.tried(to_decode(dataset)) is Verdict.GOOD
    assert renderer.tried(to_decode(dataset, JP2 + bytes(len(whole)))) is Verdict.BROKEN


@pytest.mark.parametrize(
    ("frame", "syntax", "broken"),
    [
        (b"\xff\xd8 pixels \xff\xd9", JPEG_LOSSLESS, False),
        (b"\xff\xd8 pixels \xff\xd9\x00", JPEG_LS, False),
        (b"\xff\xd8 pixels \xff\xd9\xff", JPEG_LS, False),
        (b"\xffO pixels \xff\xd9\x00\x00\x00\x00", JPEG_2000, False),
        (b"\xff\xd8 pixels", JPEG_LOSSLESS, True),
        (b"\xff\xd8 \xff\xd9 pixels" + bytes(50), JPEG_2000, True),
        (b"", JPEG_2000, True),
        (JP2, JPEG_2000, True),
        (JP2 + b"\x00\x00\x00\x08 box\x00\x00\x00\x00jp2c", JPEG_2000, False),
        (JP2 + b"\xff\xff\xff\xff box", JPEG_2000, True),
        (b"any bytes", RLE, False),
        (b"any bytes", "1.2.840.10008.1.2.4.110", False),
        (b"any bytes", "1.2.840.10008.1.2.4.102", False),
        (b"any bytes", "1.2.840.10008.1.2.4.201", True),
    ],
)
def test_a_frame_ends_as_its_format_says(frame, syntax, broken):
    assert breaks_off(frame, syntax) is broken


def test_the_header_of_jpeg_ls_is_read():
    header = b"\xff\xd8\xff\xf7\x00\x0b\x0c\x02\x00\x01\x80\x01\x01\x11\x00"

    assert jpeg_ls_header(header) == FrameHeader(precision=12, rows=512, columns=384)
    assert jpeg_ls_header(b"\xff\xd8\xff\xda") is None


@pytest.mark.parametrize(
    ("frame", "verdict"),
    [(b"breaks down", Verdict.BROKEN), (b"is killed", Verdict.NOT_DRAWN), (b"whole", Verdict.GOOD)],
)
def test_a_decoder_that_breaks_down_twice_over_a_frame_blames_it(monkeypatch, frame, verdict):
    monkeypatch.setattr(rendering, "_MODULE", "tests.archive_gateway.rendering.child_that_dies")
    asked = [FrameToDecode({}, generate_uid(), each) for each in (b"whole", frame, b"whole")]

    with Renderer() as dying:
        assert [dying.tried(each) for each in asked] == [Verdict.GOOD, verdict, Verdict.GOOD]
