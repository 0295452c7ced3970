"""That somebody has proven anew, beside signing in, that it is they: how and when, as a session knows it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class FactorKind(StrEnum):
    """By what it was proven."""

    PROVIDER = "provider"  # the identity provider's word (OpenID Connect Core 1.0, `acr`; RFC 8176, `amr`)
    PASSKEY = "passkey"


class SecondFactor(NamedTuple):
    """One proof. Whoever goes on in another session of theirs takes it along, as old as it is."""

    kind: FactorKind
    at: datetime


def second_factor(kind: str, at: datetime | None) -> SecondFactor | None:
    """As a row of the table tells it; None where there was none."""
    return SecondFactor(FactorKind(kind), at) if at is not None else None
