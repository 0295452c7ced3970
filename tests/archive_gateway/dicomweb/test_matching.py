"""What a query asks of the series of a study."""

import pytest

from archive_gateway.dicomweb.rules.matching import SeriesMatching
from foundation.errors import BadInput

CT = {
    "00080060": {"vr": "CS", "Value": ["CT"]},
    "0008103E": {"vr": "LO", "Value": ["Head axial"]},
    "0020000E": {"vr": "UI", "Value": ["1.2.3"]},
    "00200011": {"vr": "IS", "Value": [1]},
}
MR = {
    "00080060": {"vr": "CS", "Value": ["MR"]},
    "0008103E": {"vr": "LO"},
    "0020000E": {"vr": "UI", "Value": ["1.2.4"]},
    "00200011": {"vr": "IS", "Value": [2]},
}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ([], [CT, MR]),
        ([("Modality", "MR")], [MR]),
        ([("00080060", "CT")], [CT]),
        ([("Modality", "")], [CT, MR]),
        ([("Modality", "US")], []),
        ([("SeriesDescription", "Head*")], [CT]),
        ([("SeriesDescription", "*ax?al")], [CT]),
        ([("SeriesDescription", "head")], []),
        ([("SeriesInstanceUID", "1.2.3,1.2.4")], [CT, MR]),
        ([("SeriesInstanceUID", "1.2.3\\1.2.5")], [CT]),
        ([("SeriesNumber", "2"), ("includefield", "all")], [MR]),
        ([("limit", "1")], [CT]),
        ([("offset", "1")], [MR]),
        ([("limit", "0")], []),
    ],
)
def test_series_are_those_that_were_asked_for(asked, found):
    assert SeriesMatching.read(asked).of([CT, MR]) == found


@pytest.mark.parametrize(
    "asked",
    [
        [("limit", "abc")],
        [("limit", "-1")],
        [("limit", "1"), ("limit", "2")],
        [("offset", "9" * 20)],
        [("Colour", "red")],
        [("Modality", "CT"), ("00080060", "MR")],
    ],
)
def test_a_query_that_is_only_half_understood_is_refused(asked):
    with pytest.raises(BadInput):
        SeriesMatching.read(asked)


def test_no_wild_card_takes_long():
    long = {"0008103E": {"vr": "LO", "Value": ["a" * 1000]}}

    assert SeriesMatching.read([("SeriesDescription", "*a" * 500 + "b")]).of([long]) == []
