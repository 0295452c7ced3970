"""Whoever asks for what is not theirs, or is not there, leaves a line; and who asks too often for such things waits."""

from collections.abc import Mapping
from uuid import UUID

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import NotAllowed, NotFound, RateLimited, Refusal
from foundation.shared_counts import SharedCounts
from identity.sessions.rules.asked_in_vain import object_identifier_in

# An old link or two, a tab of yesterday: far more than anybody meets by mistake within a minute.
MOST_A_MINUTE = 30
MINUTE_S = 60
PACED = "access.paced"
ACTS: Mapping[type[Refusal], str] = {
    NotFound: "access.fruitless",
    NotAllowed: "access.refused",
    RateLimited: PACED,
}

_counts = SharedCounts()


def note_refused_access(
    session: ActorSession, refusal: Refusal, *, endpoint: str, asked: Mapping[str, object]
) -> RateLimited | None:
    """Write that the actor asked for something and did not get it.

    After too many in a minute nothing more is written, so that nobody fills the audit by asking.

    Args:
        endpoint: what was asked for, by its name.
        asked: the parts of its address; only identifiers among them are written down.

    Returns:
        What is to be said instead, where it was too often. Processes count together.
    """
    # Whoever looks by a link has no account.
    who = session.actor.account_id or session.actor.session_id
    times = _counts.incr(f"refused access/{who}", MINUTE_S)
    too_often = times > MOST_A_MINUTE
    if times <= MOST_A_MINUTE + 1:
        identifiers = [value for value in asked.values() if isinstance(value, UUID)]
        audit.record(
            session,
            act=PACED if too_often else next(ACTS[kind] for kind in ACTS if isinstance(refusal, kind)),
            patient_id=None,
            object_kind=endpoint,
            object_id=identifiers[0] if identifiers else None,
            reason=object_identifier_in(asked.values()),
        )
    if not too_often:
        return None
    return RateLimited(
        "Many pages were asked for that do not exist or are not yours to see. Please wait a minute."
    )
