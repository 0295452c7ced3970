"""The bounds of the quarantine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """How much may be set aside: whoever reaches the listener's port can send what is refused without end."""

    bytes: int = 20_000_000_000
    files: int = 100_000
