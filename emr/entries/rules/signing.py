"""When an entry may be changed, and when it may be signed."""

from foundation.errors import RuleBroken, Stale


def require_changeable(*, own: bool, fresh: bool = True) -> None:
    """Refuse to let anybody but its author change or sign an entry, and the author what they have not seen.

    Raises:
        RuleBroken: it is somebody else's, or another system sent it.
        Stale: a newer version was saved meanwhile.
    """
    if not own:
        raise RuleBroken("Only the author of an entry can change or sign it. Write an entry of your own.")
    if not fresh:
        raise Stale("A newer version of this entry was saved meanwhile. Your text is still on this page.")


def require_signable(*, signed: bool, own: bool, fresh: bool, complete: bool) -> None:
    """Refuse to sign twice, for another, what was not read, or a note that lacks a part.

    Raises:
        RuleBroken: the version is signed already, or it is not the signer's, or complaints, diagnosis or plan are missing.
        Stale: a newer version was saved meanwhile.
    """
    if signed:
        raise RuleBroken("This version is signed already.")
    require_changeable(own=own, fresh=fresh)
    if not complete:
        raise RuleBroken("A note needs complaints, a diagnosis and a plan before it can be signed.")


def require_reason(*, amends: bool, reason: str) -> None:
    """Refuse to amend what is signed without saying why.

    Raises:
        RuleBroken: there is no reason, though the entry has been signed before.
    """
    if amends and not reason.strip():
        raise RuleBroken("A signed entry can only be changed with a reason, which the patient reads too.")
