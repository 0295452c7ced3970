"""What a hostile file may cost whoever reads it, packs it or sends it: counted in bytes, never in seconds."""

import gzip
import json
import shutil
import struct
import tracemalloc

import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    RLELossless,
    generate_uid,
)
from sqlalchemy import select

from archive_gateway.dicom.rules.refusals import FileRefused, NotDicom
from archive_gateway.inspection.limits import MOST_ELEMENTS, MOST_FRAGMENTS, MOST_METADATA_BYTES
from archive_gateway.inspection.parser_process import ParserProcess
from archive_gateway.metadata.actions import pack_series
from archive_gateway.metadata.queries import PORTION_BYTES
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series, SeriesMetadata
from foundation.errors import NotFound
from tests.archive_gateway.dicom.factories import ROWS, data_set, write

MEGABYTE = 1 << 20
# As long as a text may be that the index still repeats.
SENTENCES = "Без особенностей. " * 280


@pytest.fixture(scope="module")
def parser():
    with ParserProcess() as made:
        yield made


@pytest.fixture
def heavy_study(store, tmp_path, patient):
    """`heavy_study(count)` stores a series of objects with almost a megabyte of header each."""

    def put(count):
        study, series = generate_uid(), generate_uid()
        for number in range(1, count + 1):
            made = data_set(
                patient=patient, StudyInstanceUID=study, SeriesInstanceUID=series, InstanceNumber=number
            )
            made.SpecificCharacterSet = "ISO_IR 192"
            made.ContentSequence = [with_text(SENTENCES) for _ in range(100)]
            filed = store(write(made, tmp_path / str(number)).path)
            assert filed.outcome == "stored", filed.why
        return f"/archive/studies/{study}", f"/archive/studies/{study}/series/{series}", filed.series_id

    return put


def with_text(text):
    item = Dataset()
    item.TextValue = text
    return item


def test_long_texts_are_left_out_of_the_index_as_long_binary_values_are(parser, tmp_path):
    made = data_set(SeriesDescription="Chest", ImageComments="short")
    made.ContentSequence = [with_text("x" * 2_000_000) for _ in range(18)]
    made.PixelDataProviderURL = "http://" + "y" * 20_000
    image = write(made, tmp_path / "long", syntax=DeflatedExplicitVRLittleEndian)
    assert image.path.stat().st_size < 50_000

    with pytest.raises(FileRefused, match="Inflated"):
        parser.parse(image.path, tmp_path / "twin")

    plain = write(made, tmp_path / "plain")
    members = json.loads(parser.parse(plain.path, tmp_path / "twin")[1])
    assert members["0040A730"]["Value"] == [{}] * 18
    assert "00287FE0" not in members
    assert members["0008103E"]["Value"] == ["Chest"]
    assert members["00204000"]["Value"] == ["short"]


def test_a_text_as_long_as_a_page_stays_in_the_index(parser, tmp_path):
    made = data_set(SpecificCharacterSet="ISO_IR 192")
    made.ContentSequence = [with_text(SENTENCES)]

    _, metadata = parser.parse(write(made, tmp_path / "page").path, tmp_path / "twin")

    (item,) = json.loads(metadata)["0040A730"]["Value"]
    assert item["0040A160"]["Value"] == [SENTENCES.rstrip()]


def test_a_header_that_is_long_in_many_small_pieces_is_refused_in_words(parser, tmp_path):
    made = data_set()
    made.ContentSequence = [with_text("x" * 8000) for _ in range(MOST_METADATA_BYTES // 8000 + 1)]

    with pytest.raises(FileRefused, match="header is larger than the archive takes"):
        parser.parse(write(made, tmp_path / "many").path, tmp_path / "twin")


def test_no_file_of_the_shared_inputs_comes_near_the_bound(parser, tmp_path, shared_data):
    lengths = []
    for path in (each for each in (shared_data / "dicom").rglob("*") if each.is_file()):
        shutil.copyfile(path, tmp_path / "waiting")
        try:
            lengths.append(len(parser.parse(tmp_path / "waiting", tmp_path / "twin")[1]))
        except (FileRefused, NotDicom) as verdict:
            assert "larger" not in str(verdict), path

    assert len(lengths) > 120
    assert max(lengths) * 20 < MOST_METADATA_BYTES


def test_a_deflated_file_may_not_grow_a_thousandfold(parser, tmp_path):
    rows = 20 * MEGABYTE // 2 // 1000
    made = data_set(Rows=rows, Columns=1000, PixelData=bytes(rows * 2000))
    image = write(made, tmp_path / "black", syntax=DeflatedExplicitVRLittleEndian)
    assert image.path.stat().st_size < 30_000

    with pytest.raises(FileRefused, match="Inflated"):
        parser.parse(image.path, tmp_path / "twin")

    assert (tmp_path / "twin").stat().st_size < 5 * MEGABYTE


def test_a_small_black_picture_may_be_deflated_well(parser, tmp_path):
    made = data_set(Rows=512, Columns=512, PixelData=bytes(512 * 1024))
    image = write(made, tmp_path / "black", syntax=DeflatedExplicitVRLittleEndian)
    assert image.path.stat().st_size * 300 < 512 * 1024

    description, _ = parser.parse(image.path, tmp_path / "twin")

    assert description.frame_count == 1
    assert pydicom.dcmread(tmp_path / "twin").PixelData == made.PixelData
    assert description.rows != ROWS


@pytest.mark.parametrize("level", ["study", "series"])
def test_metadata_are_sent_portion_by_portion_and_never_held_whole(citizen, heavy_study, level):
    study, series, _ = heavy_study(12)
    address = f"{study if level == 'study' else series}/metadata"

    citizen.get(address).close()
    tracemalloc.start()
    answer = citizen.get(address, headers={"Accept-Encoding": "identity"}, buffered=False)
    longest = total = 0
    for block in answer.iter_encoded():
        longest, total = max(longest, len(block)), total + len(block)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.status_code == 200
    assert answer.content_length == total > 8 * MEGABYTE
    assert longest < PORTION_BYTES + MEGABYTE
    assert peak < 10 * PORTION_BYTES, peak
    numbers = [each["00200013"]["Value"] for each in citizen.get(address).json]
    assert numbers == [[number] for number in range(1, 13)]


def test_what_is_sent_in_portions_is_looked_up_through_the_reader_each_time(
    citizen, heavy_study, as_loader, people
):
    study, _, series_id = heavy_study(5)
    answer = citizen.get(f"{study}/metadata", buffered=False)
    blocks = answer.iter_encoded()
    next(blocks)

    with as_loader() as session:
        for row in session.scalars(select(Instance).where(Instance.series_id == series_id)):
            row.patient_id = people.patient().id

    with pytest.raises(NotFound):
        list(blocks)


def test_a_series_is_packed_without_being_held_whole(citizen, heavy_study, as_loader):
    _, series, series_id = heavy_study(12)
    before = citizen.get(f"{series}/metadata").data

    tracemalloc.start()
    with as_loader() as session:
        pack_series(session, series_id)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(before) > 8 * MEGABYTE
    assert peak < 10 * PORTION_BYTES, peak
    packed = citizen.get(f"{series}/metadata", headers={"Accept-Encoding": "gzip"})
    plain = citizen.get(f"{series}/metadata", headers={"Accept-Encoding": "identity"})
    assert packed.headers["ETag"] == plain.headers["ETag"]
    assert plain.content_length == len(before)
    assert gzip.decompress(packed.data) == plain.data == before


def test_a_series_larger_than_any_examination_is_not_packed_but_still_sent(
    citizen, heavy_study, as_loader, monkeypatch
):
    monkeypatch.setattr("archive_gateway.metadata.actions.MOST_PACKED_BYTES", MEGABYTE)
    _, series, series_id = heavy_study(2)

    with as_loader() as session:
        pack_series(session, series_id)

    with as_loader() as session:
        assert session.scalar(select(Series.id).where(Series.id == series_id))
        kept = select(SeriesMetadata.series_id).where(SeriesMetadata.series_id == series_id)
        assert session.scalar(kept) is None
    assert len(citizen.get(f"{series}/metadata").json) == 2


EMPTY = {
    "items": lambda number: b"\xfe\xff\x00\xe0" + bytes(4),
    "elements": lambda number: struct.pack("<HH2sH", 0x0029 + 2 * (number >> 16), number & 0xFFFF, b"LO", 0),
}


def with_many(path, count, *, what, nested):
    """A report that is followed by so many empty items, or elements, of no use."""
    made = data_set()
    for keyword in ("PixelData", "Rows", "Columns"):
        delattr(made, keyword)
    write(made, path)
    body = b"".join(EMPTY[what](number) for number in range(count))
    if what == "elements" and nested:
        body = b"\xfe\xff\x00\xe0" + struct.pack("<L", len(body)) + body
    if what == "items" or nested:
        body = struct.pack("<HH2sHL", 0x0040, 0xA730, b"SQ", 0, len(body)) + body
    path.write_bytes(path.read_bytes() + body)
    return path


@pytest.mark.parametrize(("what", "nested"), [("items", True), ("elements", False), ("elements", True)])
def test_more_elements_or_items_than_any_device_writes_are_not_read_to_their_end(
    parser, tmp_path, what, nested
):
    path = with_many(tmp_path / "many", MOST_ELEMENTS + 1, what=what, nested=nested)

    with pytest.raises(FileRefused, match="more elements and items"):
        parser.parse(path, tmp_path / "twin")
    parser.parse(with_many(tmp_path / "few", 2_000, what=what, nested=nested), tmp_path / "twin")


def test_a_picture_of_more_fragments_than_any_device_writes_is_refused(parser, tmp_path):
    made = data_set(bits=8)
    made.PixelData = encapsulate([b"\0\0"])
    image = write(made, tmp_path / "a", syntax=RLELossless)
    content, end = image.path.read_bytes(), b"\xfe\xff\xdd\xe0" + bytes(4)
    fragments = EMPTY["items"](0) * (MOST_FRAGMENTS + 2)
    image.path.write_bytes(content.removesuffix(end) + fragments + end)

    with pytest.raises(FileRefused, match="more fragments"):
        parser.parse(image.path, tmp_path / "twin")
