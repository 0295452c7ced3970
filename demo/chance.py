"""Chance that falls the same way every time: random streams, identifiers and SNILS that follow from a number."""

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from identity.people.rules.snils import checksum

SEED = "the demo region of the Dispatching Center"

# No number from 900-000-000 on is used for anybody else here: a synthetic person is known by the leading 9.
CITIZENS_FROM = 900_000_000
STAFF_FROM = 980_000_000
STRANGERS_FROM = 990_000_000

_FIRST_MILLISECOND = int(datetime(2009, 1, 1, tzinfo=UTC).timestamp() * 1000)
_KINDS = (
    "facility",
    "staff",
    "post",
    "citizen",
    "identifier",
    "care",
    "referral",
    "slot",
    "entry",
    "signature",
    "visited",
    "referred",
    "booking",
    "study",
    "second post",
    "term",
    "delegation",
)
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def stream(purpose: str) -> random.Random:
    """A random stream of its own for each purpose, so that more of one thing never changes another."""
    return random.Random(f"{SEED}/{purpose}")


def numbered_id(kind: str, number: int) -> UUID:
    """The identifier of the numbered thing: UUID version 7 (RFC 9562, 5.7), ascending with the number.

    Args:
        kind: one of the few words known here; anything else is a mistake.
    """
    milliseconds = _FIRST_MILLISECOND + number
    return UUID(int=milliseconds << 80 | _VERSION_7 | _VARIANT | (_KINDS.index(kind) + 1))


def snils(nine_digits: int) -> str:
    """The eleven digits with the right check sum."""
    text = f"{nine_digits:09}"
    return f"{text}{checksum(text):02}"


def day_between(chance: random.Random, first: date, last: date) -> date:
    """A day from `first` to `last`, both included."""
    return first + timedelta(days=chance.randint(0, (last - first).days))
