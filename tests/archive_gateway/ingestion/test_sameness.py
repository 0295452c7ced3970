"""A second object under one number: the same, a better copy, a corrected header, or something else."""

from copy import deepcopy

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    BasicTextSRStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    MRImageStorage,
    RLELossless,
)
from sqlalchemy import select

from archive_gateway.ingestion.actions.storing import DAMAGED_COPY, OTHER_CONTENT, StoringOutcome
from archive_gateway.metadata.actions import pack_series
from archive_gateway.studies.tables.instances import Instance, SupersededInstance
from archive_gateway.studies.tables.series import SeriesMetadata
from archive_gateway.studies.tables.studies import Study
from tests.archive_gateway.dicom.factories import data_set, write

# A header that promises one segment, which ends too early.
CUT = b"\x01\x00\x00\x00\x40" + bytes(75)


@pytest.fixture
def row(as_loader):
    """`row(made)` is what is stored now under the number of an object."""

    def found(made: Dataset) -> Instance:
        with as_loader() as session:
            return session.scalar(select(Instance).where(Instance.sop_instance_uid == made.SOPInstanceUID))

    return found


@pytest.fixture
def superseded(as_loader):
    def found(made: Dataset) -> list[SupersededInstance]:
        asked = select(SupersededInstance).where(SupersededInstance.sop_instance_uid == made.SOPInstanceUID)
        with as_loader() as session:
            return list(session.scalars(asked))

    return found


def with_much_in_its_header(patient) -> Dataset:
    """What devices write: groups of their own, sequences, values that are too long to be repeated."""
    made = data_set(patient=patient, PatientComments="ё" * 20, SpecificCharacterSet="ISO_IR 192")
    made.SmallestImagePixelValue = 3
    made["SmallestImagePixelValue"].VR = "US"
    item = Dataset()
    item.ReferencedSOPInstanceUID, item.CodeValue = "1.2.3", "T-1 "
    made.ReferencedImageSequence = [item, Dataset()]
    block = made.private_block(0x29, "MAKER OF DEVICES", create=True)
    block.add_new(1, "LO", "a value")
    block.add_new(2, "OB", bytes(range(256)) * 100)
    block.add_new(3, "FD", 1.5)
    return made


@pytest.mark.parametrize(
    "syntax",
    [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, RLELossless],
)
def test_the_same_picture_in_another_encoding_is_unchanged(store, row, superseded, tmp_path, patient, syntax):
    made = with_much_in_its_header(patient)
    store(write(made, tmp_path / "a").path)
    before = row(made)
    again = deepcopy(made)
    if syntax == RLELossless:
        again = dcmread(tmp_path / "a")
        again.compress(RLELossless, generate_instance_uid=False)
    elif syntax == ExplicitVRBigEndian:
        again.PixelData = np.frombuffer(again.PixelData, "<u2").astype(">u2").tobytes()

    filed = store(write(again, tmp_path / "b", syntax=syntax).path)

    assert (filed.outcome, filed.why) == (StoringOutcome.UNCHANGED, "")
    assert row(made).content_sha256 == before.content_sha256
    assert superseded(made) == []


def test_lengths_of_groups_padding_and_the_order_of_colours_make_no_other_picture(store, tmp_path, patient):
    cells = np.arange(12 * 10 * 3, dtype=np.uint16).astype(np.uint8).reshape(12, 10, 3)
    colours = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    made = data_set(patient=patient, bits=8, **colours)
    made.PixelData = cells.tobytes()
    store(write(made, tmp_path / "a").path)
    made.PlanarConfiguration = 1
    made.PixelData = cells.transpose(2, 0, 1).tobytes()
    made.add_new(0x00080000, "UL", 200)
    made.DataSetTrailingPadding = bytes(40)

    assert store(write(made, tmp_path / "b").path).outcome is StoringOutcome.UNCHANGED


def test_a_corrected_header_is_a_further_version_and_the_first_is_kept(
    store, row, superseded, as_loader, ingestor, tmp_path, patient
):
    made = data_set(patient=patient, StudyDescription="Head", SeriesDescription="Axial")
    filed = store(write(made, tmp_path / "a").path)
    with as_loader() as session:
        pack_series(session, filed.series_id)
    before = row(made)
    made.StudyDescription, made.SeriesDescription = "Knee", "Coronal"
    write(made, tmp_path / "b")

    outcomes = [store(tmp_path / name).outcome for name in ("b", "a", "b")]

    assert outcomes == [StoringOutcome.STORED, StoringOutcome.UNCHANGED, StoringOutcome.UNCHANGED]
    now = row(made)
    assert (now.study_instance_uid, now.patient_id) == (before.study_instance_uid, patient.id)
    assert "Knee" in now.dicom_json
    (kept,) = superseded(made)
    assert (kept.content_sha256, kept.why) == (before.content_sha256, "corrected header")
    assert ingestor.store.holds(before.content_sha256)
    with as_loader() as session:
        study = session.scalar(select(Study).where(Study.study_instance_uid == made.StudyInstanceUID))
        packed = session.scalar(
            select(SeriesMetadata.etag).where(SeriesMetadata.series_instance_uid == made.SeriesInstanceUID)
        )
    assert (study.description, packed) == ("Knee", None)


def test_a_value_that_no_index_repeats_counts_too(store, row, superseded, tmp_path, patient):
    made = with_much_in_its_header(patient)
    store(write(made, tmp_path / "a").path)
    made[0x00291002].value = bytes(25_600)

    assert store(write(made, tmp_path / "b").path).outcome is StoringOutcome.STORED
    assert len(superseded(made)) == 1


def test_a_good_copy_takes_the_place_of_a_damaged_one_and_not_the_other_way_round(
    store, row, superseded, tmp_path, patient
):
    good = dcmread(write(data_set(patient=patient, bits=8), tmp_path / "plain").path)
    good.compress(RLELossless, generate_instance_uid=False)
    write(good, tmp_path / "good", syntax=RLELossless)
    damaged = dcmread(tmp_path / "good")
    damaged.PixelData = encapsulate([CUT])
    write(damaged, tmp_path / "damaged", syntax=RLELossless)
    damaged.PixelData = encapsulate([CUT + b"\0\0"])
    write(damaged, tmp_path / "damaged otherwise", syntax=RLELossless)

    filed = [store(tmp_path / name) for name in ("damaged", "good", "damaged", "damaged otherwise")]

    assert [each.outcome.value for each in filed] == ["stored", "stored", "unchanged", "quarantined"]
    assert filed[-1].why == DAMAGED_COPY
    assert row(good).undecodable_frame_count == 0
    assert row(good).content_size == (tmp_path / "good").stat().st_size
    assert [each.why for each in superseded(good)] == ["better copy"]


@pytest.mark.parametrize(
    "change", [{"SOPClassUID": MRImageStorage}, {"PhotometricInterpretation": "MONOCHROME1"}]
)
def test_another_kind_of_object_with_the_same_pixels_is_refused(store, row, tmp_path, patient, change):
    made = data_set(patient=patient)
    store(write(made, tmp_path / "a").path)
    for keyword, value in change.items():
        setattr(made, keyword, value)

    filed = store(write(made, tmp_path / "b").path)

    assert (filed.outcome, filed.why) == (StoringOutcome.QUARANTINED, OTHER_CONTENT)


def report(patient, text: str) -> Dataset:
    made = data_set(patient=patient, SOPClassUID=BasicTextSRStorage, Modality="SR")
    for keyword in ("PixelData", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit"):
        delattr(made, keyword)
    item = Dataset()
    item.ValueType, item.TextValue = "TEXT", text
    made.ContentSequence = [item]
    return made


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("RescaleIntercept", -1000),
        ("PixelSpacing", [5, 5]),
        ("ImageOrientationPatient", [-1, 0, 0, 0, 1, 0]),
        ("PatientPosition", "FFS"),
    ],
)
def test_the_same_pixels_are_not_measured_otherwise_by_who_sends_them_again(
    store, superseded, tmp_path, patient, keyword, value
):
    made = data_set(patient=patient, PixelSpacing=[1, 1], RescaleIntercept=-1024, RescaleSlope=1)
    made.ImageOrientationPatient, made.PatientPosition = [1, 0, 0, 0, 1, 0], "HFS"
    store(write(made, tmp_path / "a").path)
    setattr(made, keyword, value)

    assert store(write(made, tmp_path / "b").path).outcome is StoringOutcome.QUARANTINED
    assert superseded(made) == []


def test_a_report_keeps_its_words_and_may_have_its_visit_corrected(store, superseded, tmp_path, patient):
    made = report(patient, "No finding.")
    store(write(made, tmp_path / "a").path)
    made.AdmissionID = "17"
    corrected = store(write(made, tmp_path / "b").path)
    made.ContentSequence[0].TextValue = "A finding."

    other = store(write(made, tmp_path / "c").path)

    assert (corrected.outcome, other.outcome) == (StoringOutcome.STORED, StoringOutcome.QUARANTINED)
    assert len(superseded(made)) == 1


def test_pictures_that_came_without_a_name_are_given_when_the_operator_names_one(
    store, row, tmp_path, people
):
    made = data_set()
    image = write(made, tmp_path / "a")
    patient, other = people.patient(), people.patient()
    store(image.path)

    given = store(image.path, patient_id=patient.id)
    taken = store(image.path, patient_id=other.id)

    assert (given.outcome, taken.outcome) == (StoringOutcome.UNCHANGED, StoringOutcome.QUARANTINED)
    assert row(made).patient_id == patient.id
