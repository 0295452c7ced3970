"""Real series the whole way: from the files through `import-dicom` and our own archive onto the patient's screen."""

import json
import os
import subprocess
import sys

import pydicom
import pytest

from demo.chance import CITIZENS_FROM, snils
from tests.journeys.service import HOUSE
from tests.viewer.viewer_page import Viewer, assert_each_image_in_its_place

CARD, SNILS = "citizen-0011", snils(CITIZENS_FROM + 10)  # cards are counted from one
CT = "series_ct_philips_phantom/S2010"
MR = "series_mr_t1_excerpt"


@pytest.mark.parametrize(("folder", "count"), [(CT, 28), (MR, 40)])
def test_a_series_that_was_imported_shows_every_image_in_its_place(
    service, sign_in, shared_data, folder, count
):
    files = list((shared_data / "dicom" / folder).iterdir())
    datasets = [pydicom.dcmread(each) for each in files]

    told = _imported(service, *map(str, files))

    assert told["stored"] + told["unchanged"] == count
    page = sign_in(CARD)
    viewer = Viewer(page)
    page.goto(f"/my/images/{datasets[0].StudyInstanceUID}")
    viewer.wait_for_state()
    assert_each_image_in_its_place(viewer, datasets)


def _imported(service, *files: str) -> dict:
    """What the command tells at its end, having given the pictures to the citizen."""
    words = ["flask", "--app", "wsgi", "import-dicom", *files, "--patient", SNILS]
    environ = {**os.environ, "PROFILE": "demo", "DATA_DIR": str(service.data_dir)}
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=HOUSE, env=environ, capture_output=True, check=True, timeout=120
    )
    return json.loads(done.stdout.splitlines()[-1])
