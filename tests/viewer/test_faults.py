"""What goes wrong is said calmly, and can be tried again."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

NO_IMAGES = (
    "sr_document.dcm",
    "dcmtk_pdf_dev.dcm",
    "dcmtk_pr_dev.dcm",
    "parametric_map_float.dcm",
)


@pytest.mark.parametrize("file", NO_IMAGES)
def test_a_series_without_pictures_says_so(open_viewer, archive, shared_data: Path, file):
    archive.add(file, [shared_data / "dicom" / "single" / file])

    viewer = open_viewer(file, state="no-image")

    expect(viewer.page.locator("[data-part=message]")).to_contain_text("There is no picture here")
    expect(viewer.page.get_by_role("button", name="Try again")).to_be_hidden()


def test_a_failed_image_is_told_of_and_opens_on_the_next_try(open_viewer, archive, shared_data: Path):
    archive.add("broken", sorted((shared_data / "dicom" / "series_ct_philips_phantom" / "S2010").iterdir()))
    first = min(archive.studies["broken"], key=lambda each: each.InstanceNumber).SOPInstanceUID
    archive.broken.add((first, 1))

    viewer = open_viewer("broken", state="failed")
    expect(viewer.page.locator("[data-part=message]")).to_contain_text("not answering")
    viewer.press("ArrowDown")
    viewer.wait_for_image(1)
    expect(viewer.page.locator("[data-part=message]")).to_be_hidden()
    archive.broken.clear()
    viewer.press("ArrowUp")
    viewer.wait_for_image(0)


def test_the_button_tries_again(open_viewer, archive, shared_data: Path):
    archive.add("again", [shared_data / "dicom" / "series_ct_philips_phantom" / "S1000" / "I10"])
    uid = archive.studies["again"][0].SOPInstanceUID
    archive.broken.add((uid, 1))
    viewer = open_viewer("again", state="failed")

    archive.broken.clear()
    viewer.page.get_by_role("button", name="Try again").click()

    expect(viewer.canvas).to_have_attribute("data-state", "drawn")


def test_a_study_that_is_not_there_is_told_of(open_viewer, archive):
    viewer = open_viewer("nowhere", state="failed")

    expect(viewer.page.locator("[data-part=message]")).to_contain_text("not in the archive")


def test_a_series_name_is_only_text(open_viewer, archive, shared_data: Path):
    archive.add("strange", [shared_data / "dicom" / "series_ct_philips_phantom" / "S1000" / "I10"])
    archive.studies["strange"][0].SeriesDescription = "<img src=x onerror=alert(1)>"

    viewer = open_viewer("strange")

    expect(viewer.page.locator(".series__description")).to_have_text("<img src=x onerror=alert(1)>")
