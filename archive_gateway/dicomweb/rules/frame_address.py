"""Where a frame is: three identifiers and the numbers of the frames, as the address of WADO-RS says them."""

from dataclasses import dataclass

from archive_gateway.dicom.rules.uids import require_uids
from foundation.errors import NotFound

# One answer is held together by one request; a longer list is asked for in several.
MOST_FRAMES_AT_ONCE = 5000
_LONGEST_NUMBER = 9


@dataclass(frozen=True)
class InstanceAddress:
    """One stored object. Refuses identifiers that are none."""

    study_instance_uid: str
    series_instance_uid: str
    sop_instance_uid: str

    def __post_init__(self) -> None:
        require_uids(self.study_instance_uid, self.series_instance_uid, self.sop_instance_uid)

    @property
    def path(self) -> str:
        """The address below the root of a DICOMweb archive."""
        return (
            f"/studies/{self.study_instance_uid}/series/{self.series_instance_uid}"
            f"/instances/{self.sop_instance_uid}"
        )


@dataclass(frozen=True)
class FrameAddress:
    """Frames of one object, counted from 1, in the order in which they are wanted."""

    instance: InstanceAddress
    numbers: tuple[int, ...]

    @classmethod
    def read(cls, instance: InstanceAddress, numbers: str) -> "FrameAddress":
        """The address that ends in a list such as "1" or "1,2,3". Raises NotFound."""
        return cls(instance, frame_numbers(numbers))

    @property
    def path(self) -> str:
        """The address below the root of a DICOMweb archive."""
        return f"{self.instance.path}/frames/{','.join(map(str, self.numbers))}"


def frame_numbers(text: str) -> tuple[int, ...]:
    """The frame numbers of a comma-separated list. DICOM PS3.18 section 10.4.1.

    Raises:
        NotFound: something in the list is no number, is below 1 or named twice, or the list is too long.
    """
    parts = text.split(",")
    if len(parts) > MOST_FRAMES_AT_ONCE:
        raise NotFound("So many frames are not sent at once.")
    if not all(part.isascii() and part.isdigit() and len(part) <= _LONGEST_NUMBER for part in parts):
        raise NotFound("A frame is named by its number.")
    numbers = tuple(int(part) for part in parts)
    if min(numbers) < 1:
        raise NotFound("Frames are counted from 1.")
    if len(set(numbers)) < len(numbers):
        raise NotFound("A frame is named once.")
    return numbers
