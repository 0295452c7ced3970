"""Dates and times as image files write them. DICOM PS3.5 section 6.2 (DA, TM); the dotted form is ACR-NEMA's."""

from datetime import date, time


def read_date(text: str) -> date | None:
    """The day of "20120305" or "2012.03.05"; None where it is no day."""
    digits = text.strip().replace(".", "")
    if len(digits) != 8 or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """The time of "134501.25", "1345" or "13:45:01"; None where it is no time. The zone is the device's own."""
    digits = text.strip().replace(":", "").split(".")[0]
    if len(digits) not in {2, 4, 6} or not (digits.isascii() and digits.isdigit()):
        return None
    hour, minute, second = (int(digits[at : at + 2] or "0") for at in (0, 2, 4))
    try:
        # A leap second is written 60 and has no place in the clock of the database.
        return time(hour, minute, min(second, 59))
    except ValueError:
        return None
