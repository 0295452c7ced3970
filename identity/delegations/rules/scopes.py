"""How far a right to act for somebody goes."""

from collections.abc import Collection

from identity.access.enumerations import Scope


def limited(scopes: Collection[str] | None) -> tuple[str, ...] | None:
    """The parts that a right opens, in one order; None where it opens all of them, or there is none."""
    if scopes is None or set(scopes) >= set(Scope):
        return None
    return tuple(each.value for each in Scope if each in scopes)
