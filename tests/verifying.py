"""Going through a history within one transaction, whatever is still open in it."""

from functools import partial

from dispatch_backend.referrals.queries.integrity import look_at_events, look_at_referrals
from emr.entries.queries.integrity import look_at_versions
from emr.summaries.queries.integrity import look_at_summaries
from foundation.database.transactions import ActorSession
from foundation.verifications import Look


def broken_events(session: ActorSession, *, at_once: int = 1000) -> tuple[int, list]:
    """How many events there are, and what of them and of the referrals does not hold."""
    checked, broken = gone_through(session, look_at_events, at_once)
    return checked, broken + gone_through(session, look_at_referrals, at_once)[1]


def broken_versions(session: ActorSession, *, at_once: int = 100) -> tuple[int, list]:
    return gone_through(session, look_at_versions, at_once)


def broken_summaries(session: ActorSession, *, at_once: int = 4) -> tuple[int, list]:
    return gone_through(session, look_at_summaries, at_once)


def gone_through(session: ActorSession, look: Look, at_once: int) -> tuple[int, list]:
    checked, broken, goes_on = 0, [], {}
    while goes_on is not None:
        piece = partial(look, at_once=at_once)(session, goes_on)
        checked, goes_on = checked + piece.checked, piece.goes_on
        broken += piece.broken
    return checked, broken
