"""What a browser is asked to sign: random, kept on our side, of one session, taken once, and soon too old."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from foundation.clock import now
from foundation.database.transactions import ActorSession
from identity.second_factors.ceremonies import new_challenge
from identity.second_factors.enumerations import Ceremony
from identity.second_factors.tables import PasskeyChallenge

# Longer than a browser waits for its owner.
CHALLENGE_LIVES = timedelta(minutes=5)


def begin_ceremony(session: ActorSession, ceremony: Ceremony) -> bytes:
    """The challenge of a ceremony that begins now in the actor's session; it takes the place of one that was not answered."""
    at, challenge = now(), new_challenge()
    session.execute(
        delete(PasskeyChallenge).where(
            PasskeyChallenge.staff_id == session.actor.staff_id,
            PasskeyChallenge.made_at < at - CHALLENGE_LIVES,
        )
    )
    row = {
        "session_id": session.actor.session_id,
        "ceremony": ceremony,
        "staff_id": session.actor.staff_id,
        "challenge": challenge,
        "made_at": at,
    }
    session.execute(
        insert(PasskeyChallenge)
        .values(row)
        .on_conflict_do_update(
            index_elements=["session_id", "ceremony"], set_={"challenge": challenge, "made_at": at}
        )
    )
    return challenge


def consume_challenge(session: ActorSession, ceremony: Ceremony) -> bytes | None:
    """Take it back, whatever the answer is worth; None where none is asked any more. Of two that take it at once, one gets it."""
    taken: bytes | None = session.scalar(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.session_id == session.actor.session_id,
            PasskeyChallenge.ceremony == ceremony,
            PasskeyChallenge.made_at > now() - CHALLENGE_LIVES,
        )
        .returning(PasskeyChallenge.challenge)
    )
    return taken
