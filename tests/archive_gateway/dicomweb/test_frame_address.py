"""What an address of frames is."""

import pytest

from archive_gateway.dicomweb.rules.frame_address import FrameAddress, InstanceAddress, frame_numbers
from foundation.errors import Malformed, NotFound


def test_a_list_of_frames_keeps_its_order():
    assert frame_numbers("3,1,2") == (3, 1, 2)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "1,0",
        "",
        "1,,2",
        "-1",
        "1.5",
        "x",
        "1 ",
        "²",
        "9" * 10,
        "1,2,1",
        ",".join(map(str, range(1, 6000))),
    ],
)
def test_what_is_no_frame_number_is_not_found(text):
    with pytest.raises(NotFound):
        frame_numbers(text)


def test_an_address_with_a_malformed_uid_is_refused():
    with pytest.raises(Malformed):
        InstanceAddress("1.2", "1.2.3", "1.02")


def test_an_address_says_its_path_below_an_archive():
    address = FrameAddress(InstanceAddress("1", "2", "3"), (1, 2))

    assert address.path == "/studies/1/series/2/instances/3/frames/1,2"
