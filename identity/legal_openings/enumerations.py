"""How an opening stands."""

from enum import StrEnum


class OpeningState(StrEnum):
    TO_COME = "to-come"
    IN_FORCE = "in-force"
    OVER = "over"
