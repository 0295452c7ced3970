"""SNILS, the national identifier of Russia: 9 digits and a checksum of two (Pension Fund decree 192p of 2006)."""

import re

SNILS_SYSTEM = "urn:oid:1.2.643.100.3"
DIGITS = 11
# What is said to whoever typed something else.
NO_SNILS = "is no SNILS: eleven digits, of which the last two check the others"
# Numbers up to 001-001-998 were issued before checksums and are not checked.
LAST_WITHOUT_CHECKSUM = 1_001_998


def normal_snils(text: str) -> str | None:
    """The eleven digits, or None where this is no SNILS: wrong length, other characters, wrong checksum."""
    if not re.fullmatch(r"[0-9 \-]{11,20}", text):
        return None
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) != DIGITS or int(digits[:9]) == 0:
        return None
    if int(digits[:9]) <= LAST_WITHOUT_CHECKSUM:
        return digits
    return digits if int(digits[9:]) == checksum(digits[:9]) else None


def checksum(nine_digits: str) -> int:
    """The two check digits: the weighted sum modulo 101, where 100 counts as 0."""
    total = sum(int(digit) * weight for digit, weight in zip(nine_digits, range(9, 0, -1), strict=True))
    return total % 101 % 100


def written_snils(digits: str) -> str:
    """As cards print it: 112-233-445 95."""
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


def masked_snils(digits: str) -> str:
    """Enough to compare with a card, not enough to use: •••-•••-445 95."""
    return f"•••-•••-{digits[6:9]} {digits[9:]}"
