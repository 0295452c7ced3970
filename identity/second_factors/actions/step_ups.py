"""A member of staff proves with a passkey of theirs that it is they."""

from uuid import UUID

from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from identity.second_factors.actions.challenges import begin_ceremony
from identity.second_factors.actions.passkeys import require_possible
from identity.second_factors.ceremonies import (
    CeremonyFailed,
    authentication_options,
    credential_named,
    new_sign_count,
)
from identity.second_factors.enumerations import Ceremony
from identity.second_factors.queries.passkeys import credential_of, credentials_of_actor, passkey_to_use
from identity.second_factors.rules.sites import Site


def begin_step_up(session: ActorSession, site: Site) -> str:
    """What the browser is asked, as JSON.

    Raises:
        RuleBroken: the actor has no passkey, or none can be used at this address.
    """
    require_possible(site)
    known = credentials_of_actor(session)
    if not known:
        raise RuleBroken("You have no passkey. Add one first.")
    challenge = begin_ceremony(session, Ceremony.AUTHENTICATION)
    return authentication_options(site, challenge=challenge, known=known)


def use_passkey(session: ActorSession, site: Site, answer: str, *, challenge: bytes | None) -> UUID:
    """Take the browser's answer for the actor's: which of their passkeys has signed it.

    Args:
        answer: as JSON (AuthenticationResponseJSON).
        challenge: which it was asked to sign; None where it was asked nothing, or too long ago.

    Raises:
        CeremonyFailed: it does not hold, or is signed by a passkey that is not the actor's, or has ended.
    """
    if challenge is None:
        raise CeremonyFailed("challenge")
    passkey = passkey_to_use(session, credential_named(answer))
    if passkey is None:
        raise CeremonyFailed("credential")
    passkey.sign_count = new_sign_count(site, answer, challenge=challenge, credential=credential_of(passkey))
    passkey.last_used_at = now()
    _record(session, "second_factor.given", passkey.id)
    return passkey.id


def note_failed_step_up(session: ActorSession, fault: CeremonyFailed) -> None:
    """Write that what the browser sent did not hold, and why."""
    _record(session, "second_factor.refused", None, fault.reason)


def _record(session: ActorSession, act: str, passkey_id: UUID | None, reason: str = "") -> None:
    audit.record(
        session, act=act, patient_id=None, object_kind="passkey", object_id=passkey_id, reason=reason
    )
