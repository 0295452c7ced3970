"""What a device is told of an object. DICOM PS3.4 annex B.2.3, PS3.7 annex C.

A device may delete its own copy after a success and after a warning, so both are said only of what is kept and shown.
"""

from pydicom.dataset import Dataset

from archive_gateway.ingestion.actions.storing import StoringOutcome, StoringResult
from archive_gateway.ingestion.received import RefusalKind

SUCCESS = 0x0000
OUT_OF_RESOURCES = 0xA700
DATA_SET_DOES_NOT_MATCH = 0xA900
CANNOT_UNDERSTAND = 0xC000
# The value of (0000,0902): LO, DICOM PS3.5 table 6.2-1.
LONGEST_COMMENT = 64
TRY_LATER = "The archive cannot take it now. Send it again later."
_COMMENTS = {
    RefusalKind.OTHER_THAN_ANNOUNCED: "The data set is another object than was announced.",
    RefusalKind.OTHER_CONTENT: "Other content is stored under this SOP Instance UID.",
    RefusalKind.OTHER_STUDY: "It is stored already in another study or series.",
    RefusalKind.OTHER_PERSON: "Its study is stored with the pictures of another person.",
}


def status_of(result: StoringResult) -> Dataset:
    """The answer to a C-STORE whose object has been filed or set aside."""
    if result.outcome in {StoringOutcome.STORED, StoringOutcome.UNCHANGED}:
        return _status(SUCCESS)
    announced_another = result.kind is RefusalKind.OTHER_THAN_ANNOUNCED
    comment = _COMMENTS.get(result.kind) if result.kind else None
    return _status(DATA_SET_DOES_NOT_MATCH if announced_another else CANNOT_UNDERSTAND, comment or result.why)


def cannot_take_now() -> Dataset:
    """The answer while our own side has no room or no database."""
    return _status(OUT_OF_RESOURCES, TRY_LATER)


def _status(code: int, comment: str = "") -> Dataset:
    answer = Dataset()
    answer.Status = code
    if comment:
        answer.ErrorComment = comment[:LONGEST_COMMENT]
    return answer
