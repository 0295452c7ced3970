"""Texts of other systems, made fit to be shown on one line."""

import re

INVISIBLE = re.compile("[\u0000-\u001f\u007f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


LONGEST_PHRASE = 300


def sanitized_text(text: object) -> str:
    """The source's own text on one line, without invisible and direction-changing characters."""
    if not isinstance(text, str):
        return ""
    seen = " ".join(INVISIBLE.sub(" ", text).split())
    return seen if len(seen) <= LONGEST_PHRASE else seen[: LONGEST_PHRASE - 1] + "…"
