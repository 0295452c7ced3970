"""The long forms of the desk, whose text is kept while it is typed."""

from enum import StrEnum


class DraftForm(StrEnum):
    """Which form a text was typed into."""

    NOTE = "note"
    CHANGE = "change"
    REFERRAL = "referral"
