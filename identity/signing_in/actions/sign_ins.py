"""A sign-in under way: begun before the browser leaves for the provider, taken once when it comes back."""

from dataclasses import dataclass

from sqlalchemy import delete, insert

from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.sealing import token_digest
from identity.signing_in.rules import LONGEST_SIGN_IN
from identity.signing_in.tables import SignInAttempt


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """What only our side knows of a sign-in."""

    nonce: str
    code_verifier: str
    page_asked_for: str = ""


def begin_sign_in(
    session: ActorSession, pending: PendingSignIn, *, provider: str, browser: str, state: str
) -> None:
    """Keep the numbers of a sign-in, bound to the browser by the value of its cookie; drop forgotten ones."""
    at = now()
    session.execute(delete(SignInAttempt).where(SignInAttempt.began_at < at - LONGEST_SIGN_IN))
    session.execute(
        insert(SignInAttempt),
        {
            "state_sha256": token_digest(state),
            "browser_sha256": token_digest(browser),
            "provider": provider,
            "nonce": pending.nonce,
            "code_verifier": pending.code_verifier,
            "page_asked_for": pending.page_asked_for,
            "began_at": at,
        },
    )


def consume_sign_in(
    session: ActorSession, *, provider: str, browser: str, state: str
) -> PendingSignIn | None:
    """Remove and return the sign-in of this state, browser and provider: of two that ask at once, one gets it."""
    row = session.execute(
        delete(SignInAttempt)
        .where(
            SignInAttempt.state_sha256 == token_digest(state),
            SignInAttempt.browser_sha256 == token_digest(browser),
            SignInAttempt.provider == provider,
            SignInAttempt.began_at >= now() - LONGEST_SIGN_IN,
        )
        .returning(SignInAttempt.nonce, SignInAttempt.code_verifier, SignInAttempt.page_asked_for)
    ).one_or_none()
    return PendingSignIn(*row) if row else None
