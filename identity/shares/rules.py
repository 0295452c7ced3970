"""What a link and its code look like, how long a share may live, and how it stands. Pure but for chance."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from foundation.errors import RuleBroken
from identity.shares.enumerations import LONGEST, MOST_OPENINGS, NewShare, ShareState

# As the database counts too (migrations/versions/0074_shares.py): ten guesses at one of 10^10 codes.
MOST_TRIES = 10
CODE_DIGITS = 10
# 256 bits.
TOKEN_BYTES = 32
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST_LINK = 500
# Enough for whoever shares with several doctors, and for one who mistypes.
MOST_A_DAY, DAY_S = 20, 24 * 60 * 60
# How long a share that is over is still told of among the others.
TOLD_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class ShareKey:
    """What opens a share: the link carries the token, and the code is told beside it. Kept nowhere."""

    token: str
    code: str

    @classmethod
    def new(cls) -> "ShareKey":
        return cls(secrets.token_urlsafe(TOKEN_BYTES), f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}")

    @classmethod
    def typed(cls, link: str, code: str) -> "ShareKey":
        """As somebody gives them, the link whole or its last part alone, the code with or without its gap. Whatever is
        neither is looked up all the same, and found nowhere."""
        token = urlsplit(link.strip()).fragment or link.strip()
        return cls(token if TOKEN.fullmatch(token) else "", re.sub(r"[\s-]", "", code))

    @property
    def printed_code(self) -> str:
        """As it is read aloud: 12345 67890."""
        half = CODE_DIGITS // 2
        return f"{self.code[:half]} {self.code[half:]}"

    @property
    def link_sealed_as(self) -> str:
        """Of what the digest is kept."""
        return f"share link|{self.token}"

    @property
    def code_sealed_as(self) -> str:
        return f"share code|{self.token}|{self.code}"


@dataclass(frozen=True, slots=True)
class SelfTold:
    """What whoever opens a link says of themself; nobody checks it."""

    name: str
    workplace: str


def require_shareable(new: NewShare, *, today: date) -> None:
    """Raises RuleBroken: nothing is chosen or two things are, the days are the wrong way round, or it is for no time or too long."""
    if bool(new.kinds) == bool(new.study_uid):
        raise RuleBroken("Choose what the doctor may see.")
    if new.first_day and new.last_day and new.first_day > new.last_day:
        raise RuleBroken("The first day of the period is later than the last.")
    if not today <= new.open_until <= today + LONGEST:
        raise RuleBroken("A link can be open for at most %(days)s days.", days=LONGEST.days)
    if not 1 <= new.most_openings <= MOST_OPENINGS:
        raise RuleBroken("A link can be opened at most %(count)s times.", count=MOST_OPENINGS)


def state_of(
    *, ends_at: datetime, revoked: bool, openings: int, most_openings: int, tries: int, at: datetime
) -> ShareState:
    """How a share stands: what the patient did tells most."""
    if revoked:
        return ShareState.REVOKED
    if ends_at <= at:
        return ShareState.OVER
    if tries >= MOST_TRIES:
        return ShareState.GUESSED_AT
    return ShareState.USED_UP if openings >= most_openings else ShareState.LIVING
