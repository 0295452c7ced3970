"""When an entry may be changed, and when it may be signed."""

from uuid import UUID

from foundation.errors import RuleBroken, Stale


def require_own(*, author_id: UUID | None, writer_id: UUID | None) -> None:
    """Refuse to let anybody but the author change or sign an entry.

    Raises:
        RuleBroken: it is somebody else's, or another system sent it.
    """
    if author_id is None or author_id != writer_id:
        raise RuleBroken("Only the author of an entry can change or sign it. Write an entry of your own.")


def require_fresh(*, number: int, seen_number: int) -> None:
    """Refuse to write over a version that the writer has not seen.

    Raises:
        Stale: a newer version was saved meanwhile.
    """
    if number != seen_number:
        raise Stale("A newer version of this entry was saved meanwhile. Your text is still on this page.")


def require_signable(*, signed: bool, author_id: UUID | None, signer_id: UUID | None) -> None:
    """Refuse to sign twice, or to sign for another.

    Raises:
        RuleBroken: the version is signed already, or the signer did not write it.
    """
    if signed:
        raise RuleBroken("This version is signed already.")
    require_own(author_id=author_id, writer_id=signer_id)


def require_reason(*, amends: bool, reason: str) -> None:
    """Refuse to amend what is signed without saying why.

    Raises:
        RuleBroken: there is no reason, though the entry has been signed before.
    """
    if amends and not reason.strip():
        raise RuleBroken("A signed entry can only be changed with a reason, which the patient reads too.")
