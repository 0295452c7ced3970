"""What a modality is called stands in one list."""

import re

import pytest

from tests.architecture.house import HOUSE, ROOMS, python_files

THE_LIST = "archive_gateway/dicom/enumerations.py"
# Two modalities as names of a mapping, in Python or in a template.
LISTED = re.compile(r"""["'](?:CT|MR|US|DX|CR|MG)["']\s*:.*["'](?:CT|MR|US|DX|CR|MG)["']\s*:""", re.DOTALL)


@pytest.mark.parametrize(
    "planted", ['{"CT": "scan", "MR": "scan"}', "{\n    'US': bilingual('x'),\n    'MG': bilingual('y'),\n}"]
)
def test_a_planted_second_list_is_found(planted):
    assert LISTED.search(planted)


def test_there_is_one_list():
    files = [*python_files("foundation", *ROOMS), *(HOUSE / "templates").rglob("*.html")]

    found = [file.relative_to(HOUSE).as_posix() for file in files if LISTED.search(file.read_text())]

    assert len(files) > 300
    assert found == [THE_LIST]
