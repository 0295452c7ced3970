"""Which e-mail addresses and telephones can be kept, and how they are written down.

Of an address the part before the @ is of plain letters: few servers take another (RFC 6531). A domain may be of any letters, as
почта.рф is; a letter is sent to its form in plain ones (RFC 5891).
"""

import re
from enum import StrEnum

import idna

# RFC 5321, 4.5.3.1.1 and 4.5.3.1.3: without the angle brackets.
LONGEST_LOCAL_PART, LONGEST_EMAIL = 64, 254
# RFC 5322, 3.2.3: dot-atom. Quoted ones, which RFC 5321 advises against, are nobody's.
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
# ITU-T E.164: at most fifteen digits; shorter than eight with the country's is no number of anywhere.
PHONE_DIGITS = range(8, 16)
# The country's own, and how people begin numbers within it.
OUR_COUNTRY, OUR_TRUNK, OUR_LENGTH = "7", "8", 11
PHONE_SIGNS = re.compile(r"\+?[0-9()\s.\-–\u2010\u2011]+")


class EmailFault(StrEnum):
    SHAPE = "shape"
    LOCAL_LETTERS = "local-letters"
    DOMAIN = "domain"
    TOO_LONG = "too-long"


def email_fault(text: str) -> EmailFault | None:
    """Why no letter can be sent there; None where one can."""
    local, at, domain = _stripped(text).rpartition("@")
    if not at or not local or not domain or "@" in local:
        return EmailFault.SHAPE
    if not local.isascii():
        return EmailFault.LOCAL_LETTERS
    if not LOCAL_PART.fullmatch(local):
        return EmailFault.SHAPE
    if (written := _plain(domain)) is None:
        return EmailFault.DOMAIN
    if len(local) > LONGEST_LOCAL_PART or len(local) + 1 + len(written) > LONGEST_EMAIL:
        return EmailFault.TOO_LONG
    return None


def normal_email(text: str) -> str:
    """As it is kept and shown, of an address without a fault: the domain in small letters and in its own alphabet."""
    local, _, domain = _stripped(text).rpartition("@")
    return f"{local}@{idna.decode(_plain(domain) or '')}"


def email_on_the_wire(email: str) -> str:
    """As a mail server is told it, of a normal address: in plain letters alone."""
    local, _, domain = email.rpartition("@")
    return f"{local}@{_plain(domain) or ''}"


def normal_phone(text: str) -> str | None:
    """With a plus and the country's number, such as +79123456789; None where it is none. Eleven digits after an 8 are of this country."""
    if not PHONE_SIGNS.fullmatch(_stripped(text)):
        return None
    digits = "".join(each for each in text if each in "0123456789")
    if not _stripped(text).startswith("+"):
        if len(digits) != OUR_LENGTH or digits[0] not in (OUR_TRUNK, OUR_COUNTRY):
            return None
        digits = OUR_COUNTRY + digits[1:]
    return f"+{digits}" if len(digits) in PHONE_DIGITS and digits[0] != "0" else None


def printed_phone(phone: str) -> str:
    """As people read it, of a normal number: +7 912 345-67-89. One of another country as it is kept: each writes its own way."""
    if not (phone.startswith(f"+{OUR_COUNTRY}") and len(phone) == OUR_LENGTH + 1):
        return phone
    return f"{phone[:2]} {phone[2:5]} {phone[5:8]}-{phone[8:10]}-{phone[10:]}"


def _stripped(text: str) -> str:
    return text.strip()


def _plain(domain: str) -> str | None:
    """RFC 5891; a name without a dot is of no mail server that others reach, and neither is an address of numbers."""
    try:
        plain = idna.encode(domain, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        return None
    labels = plain.split(".")
    return plain if len(labels) > 1 and not labels[-1].isdigit() else None
