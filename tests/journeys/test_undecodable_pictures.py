"""A series whose middle picture is damaged, held by our own archive: told at the import, in the list and over the picture.

Whatever a person walks through, no picture shows the pixels of another one.
"""

import hashlib
from pathlib import Path

import pydicom
import pytest
from playwright.sync_api import expect
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import generate_uid

from tests.journeys.imports import import_pictures
from tests.viewer.viewer_page import Viewer

# Twenty rounds are eighty pictures, each waited for.
pytestmark = pytest.mark.timeout(600)

CARD, CARD_NUMBER = "citizen-0012", 12
KEPT_BYTES = 600
# Rounds through a series of three, forwards and back.
ROUNDS = {
    "JPEG2000LosslessOnly": 20,
    "JPEGLSLossless": 4,
    "JPEGProcess1": 4,
    "JPEGProcess14SV1": 4,
    "RLELossless": 4,
}


@pytest.fixture
def damaged(shared_data: Path, tmp_path: Path):
    """`damaged(syntax)`: the study and files of three pictures, each unlike the others, the middle one cut and filled up."""

    def made(syntax: str) -> tuple[str, list[Path]]:
        path = shared_data / "dicom" / "single" / f"CTImage_{syntax}TransferSyntax.dcm"
        study, series = generate_uid(), generate_uid()
        files = []
        for number in (1, 2, 3):
            dataset = pydicom.dcmread(path)
            dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study, series
            dataset.SOPInstanceUID, dataset.InstanceNumber = generate_uid(), number
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
            dataset.PatientID = dataset.PatientName = ""
            dataset.RescaleIntercept = float(dataset.get("RescaleIntercept") or 0) + 150 * (number - 1)
            dataset.pop("ImagePositionPatient", None)
            if number == 2:
                whole = next(generate_frames(dataset.PixelData, number_of_frames=1))
                dataset.PixelData = encapsulate([whole[:KEPT_BYTES] + bytes(len(whole) - KEPT_BYTES)])
            files.append(tmp_path / f"{syntax}-{number}")
            dataset.save_as(files[-1])
        return study, files

    return made


def _pixels(viewer: Viewer) -> str:
    return hashlib.sha256(viewer.greys().tobytes()).hexdigest()


@pytest.mark.parametrize(("syntax", "rounds"), ROUNDS.items())
def test_no_walk_shows_the_pixels_of_another_picture(service, sign_in, damaged, syntax, rounds):
    study, files = damaged(syntax)

    told = import_pictures(service, files, card=CARD_NUMBER)

    assert [each["frames"] for each in told["undecodable"]] == [1]
    page = sign_in(CARD)
    page.goto("/my/images")
    expect(page.locator("main")).to_contain_text("1 of 3 images cannot be shown")
    viewer = Viewer(page)
    page.goto(f"/my/images/{study}")
    viewer.wait_for_state()
    seen = {0: _pixels(viewer)}
    assert len(set(viewer.greys().ravel())) > 50
    for _ in range(rounds):
        for key, index in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 0)):
            viewer.press(key)
            expect(viewer.canvas).to_have_attribute("data-image-index", str(index))
            if index == 1:
                _assert_told(viewer)
            else:
                viewer.wait_for_state()
                assert _pixels(viewer) == seen.setdefault(index, _pixels(viewer))
    assert seen[0] != seen[2]
    assert viewer.faults == []


def _assert_told(viewer: Viewer) -> None:
    """The picture is cleared away, and a sentence stands in its place and is read aloud."""
    viewer.wait_for_state("failed")
    sentence = "This image could not be shown. The others may still open."
    expect(viewer.page.locator("[data-part=message]")).to_be_visible()
    expect(viewer.page.locator("[data-part=message-text]")).to_have_text(sentence)
    expect(viewer.page.get_by_role("status")).to_have_text(sentence)
    expect(viewer.canvas.locator("canvas")).not_to_be_visible()
    assert viewer.page.locator("[data-part=patient-name]").text_content() == ""
