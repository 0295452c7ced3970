"""How whoever has lost their passkeys gets rid of them. Pure."""

from datetime import timedelta
from uuid import UUID

from foundation.errors import RuleBroken

# Long enough for a colleague of another shift; the database says it too.
RESET_WAITS = timedelta(hours=24)
SHORTEST_REASON, LONGEST_REASON = 10, 500


def require_another(*, actor: UUID | None, staff_id: UUID, asked_by: UUID | None = None) -> None:
    """Refuse whoever would end their own passkeys, or confirm what they have asked for.

    Args:
        asked_by: who has asked for it; None where it is being asked for.

    Raises:
        RuleBroken: it takes two, and neither of them is the one whose passkeys end.
    """
    if actor is None or actor == staff_id:
        raise RuleBroken("These are your own passkeys. Two other administrators must end them.")
    if actor == asked_by:
        raise RuleBroken("You have asked for this yourself. Another administrator must confirm it.")
