"""What came of hiding an entry, and why a hidden one was open to somebody all the same."""

from enum import StrEnum


class Hiding(StrEnum):
    """What the database answers."""

    HIDDEN = "hidden"
    SHOWN = "shown"
    STANDS = "stands"  # it was so already
    KEPT = "kept"  # entries of its kind may not be hidden
    ABSENT = "absent"  # no entry of theirs


class OpenThough(StrEnum):
    """Why somebody of the staff read an entry that was hidden; words beside those of `CareBasis`, kept with cases."""

    AUTHOR = "hidden-author"
    TEAM = "hidden-team"
    EMERGENCY = "hidden-emergency"
