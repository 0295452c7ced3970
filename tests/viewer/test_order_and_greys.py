"""Real series open in the right order, and every point of the screen has the grey that the file asks for."""

from pathlib import Path

import pytest

from tests.viewer.viewer_page import (
    MAX_MEAN_DIFFERENCE,
    assert_each_image_in_its_place,
    by_position,
    grey_differences,
)

CT = "series_ct_philips_phantom/S2010"
MR = "series_mr_t1_excerpt"


@pytest.fixture(autouse=True)
def studies(archive, shared_data: Path) -> None:
    for name, folder in (("ct", CT), ("mr", MR)):
        if name not in archive.studies:
            # Not in order: the viewer has to find it.
            archive.add(
                name, sorted((shared_data / "dicom" / folder).iterdir(), key=lambda path: path.name[::-1])
            )


@pytest.mark.parametrize(("name", "count"), [("ct", 28), ("mr", 40)])
def test_the_first_middle_and_last_image_show_the_greys_of_their_place(open_viewer, archive, name, count):
    assert len(archive.studies[name]) == count

    assert_each_image_in_its_place(open_viewer(name), archive.studies[name])


@pytest.mark.parametrize("name", ["ct", "mr"])
def test_the_comparison_would_notice_the_slice_beside_it(open_viewer, archive, name):
    viewer = open_viewer(name)
    viewer.press("PageDown")
    viewer.wait_for_image(10)

    assert grey_differences(by_position(archive.studies[name])[11], viewer).mean() > MAX_MEAN_DIFFERENCE


def test_every_image_of_the_series_lies_in_its_place(open_viewer, archive):
    viewer = open_viewer("ct")
    instances = [viewer.value("instance")]

    for index in range(1, 28):
        viewer.press("ArrowDown")
        viewer.wait_for_image(index)
        instances.append(viewer.value("instance"))

    assert instances == [each.SOPInstanceUID for each in by_position(archive.studies["ct"])]


def test_the_window_of_the_file_is_the_first_window(open_viewer):
    viewer = open_viewer("ct")

    assert (viewer.value("window-centre"), viewer.value("window-width")) == ("40", "80")


def test_images_without_a_window_share_one(open_viewer):
    viewer = open_viewer("mr")
    first = viewer.value("window-width")

    viewer.press("End")
    viewer.wait_for_image(39)

    assert viewer.value("window-width") == first


def test_a_preset_shows_its_own_greys(open_viewer, archive):
    viewer = open_viewer("ct")

    viewer.page.locator("[data-part=presets]").select_option("bone")

    assert (viewer.value("window-centre"), viewer.value("window-width")) == ("480", "2500")
    viewer.page.wait_for_timeout(200)
    assert grey_differences(by_position(archive.studies["ct"])[0], viewer).mean() < MAX_MEAN_DIFFERENCE
