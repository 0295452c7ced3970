"""What any change of a referral must bring: a reason, and a sight of its newest state."""

from foundation.errors import RuleBroken, Stale


def require_unchanged(*, expected_version: int | None, version: int) -> None:
    """Refuse a decision that was made on an older sight of the referral.

    Args:
        expected_version: as whoever decides saw it; None where nobody looked at a page.
    """
    if expected_version not in (None, version):
        raise Stale("Somebody else has changed this referral meanwhile. Look at it again.")


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken("Give the reason: it stays in the history of the referral.")
