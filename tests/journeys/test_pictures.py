"""Real series the whole way: from the files through `import-dicom` and our own archive onto the patient's screen."""

import pydicom
import pytest

from tests.journeys.imports import import_pictures
from tests.viewer.viewer_page import Viewer, assert_each_image_in_its_place

CARD, CARD_NUMBER = "citizen-0011", 11
CT = "series_ct_philips_phantom/S2010"
MR = "series_mr_t1_excerpt"


@pytest.mark.parametrize(("folder", "count"), [(CT, 28), (MR, 40)])
def test_a_series_that_was_imported_shows_every_image_in_its_place(
    service, sign_in, shared_data, folder, count
):
    files = list((shared_data / "dicom" / folder).iterdir())
    datasets = [pydicom.dcmread(each) for each in files]

    told = import_pictures(service, files, card=CARD_NUMBER)

    assert told["stored"] + told["unchanged"] == count
    page = sign_in(CARD)
    viewer = Viewer(page)
    page.goto(f"/my/images/{datasets[0].StudyInstanceUID}")
    viewer.wait_for_state()
    assert_each_image_in_its_place(viewer, datasets)
