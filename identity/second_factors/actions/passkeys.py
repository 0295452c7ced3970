"""A member of staff makes a passkey, names it, and ends it."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from foundation.identifiers import new_id
from identity.second_factors.actions.challenges import begin_ceremony
from identity.second_factors.ceremonies import CeremonyFailed, new_credential, registration_options
from identity.second_factors.enumerations import Ceremony, Occasion
from identity.second_factors.queries.demands import require_second_factor, signed_in_since
from identity.second_factors.queries.passkeys import credentials_of_actor, own_passkeys, passkey_to_change
from identity.second_factors.queries.resets import reset_of_actor
from identity.second_factors.rules.sites import Site
from identity.second_factors.tables import Passkey, PasskeyEnd

# A person's devices; more are nobody's.
MOST_PASSKEYS = 10
REMOVED = "removed by its owner"
NOT_MADE = "The passkey was not added. Try again, and let the device ask you for its PIN, finger or face."


def require_room(session: ActorSession) -> None:
    """Before a passkey is made.

    Raises:
        SecondFactorNeeded: the actor has one, and has not just used it.
        RuleBroken: they have ten; or administrators have ended theirs, and they have not signed in since.
    """
    require_second_factor(session, Occasion.PASSKEYS)
    reset = reset_of_actor(session)
    if reset and not signed_in_since(session, reset.at):
        # Whoever sits at a session of before may be the one for whom the passkeys were lost.
        raise RuleBroken(
            "Your passkeys were ended by two administrators. Sign out and sign in again, then add a new one."
        )
    if len(own_passkeys(session)) >= MOST_PASSKEYS:
        raise RuleBroken("You have ten passkeys. Remove one that you no longer use.")


def begin_registration(session: ActorSession, site: Site, *, user_name: str) -> str:
    """What the browser is asked, as JSON.

    Raises:
        RuleBroken: no passkey can be made at this address.
    """
    require_possible(site)
    return registration_options(
        site,
        user_id=session.actor.staff_id.bytes,  # type: ignore[union-attr]  # the guard knows that it is set
        user_name=user_name,
        challenge=begin_ceremony(session, Ceremony.REGISTRATION),
        known=credentials_of_actor(session),
    )


def add_passkey(
    session: ActorSession, site: Site, answer: str, *, name: str, challenge: bytes | None
) -> UUID:
    """Keep the passkey that the browser has made.

    Args:
        answer: the browser's, as JSON (RegistrationResponseJSON).
        challenge: which it was asked to sign; None where it was asked nothing, or too long ago.

    Raises:
        SecondFactorNeeded: the actor has one already, and has not just used it.
        RuleBroken: what the browser sent does not hold, or it is known already.
    """
    require_room(session)
    if challenge is None:
        raise RuleBroken("The device was asked too long ago. Try again.")
    try:
        made = new_credential(site, answer, challenge=challenge)
    except CeremonyFailed as fault:
        raise RuleBroken(NOT_MADE) from fault
    passkey_id = new_id()
    kept = session.connection().execute(
        insert(Passkey).on_conflict_do_nothing(),
        {
            "id": passkey_id,
            "staff_id": session.actor.staff_id,
            "credential_id": made.id,
            "public_key": made.public_key,
            "sign_count": made.sign_count,
            "transports": ",".join(made.transports),
            "name": name,
            "made_at": now(),
        },
    )
    if not kept.rowcount:
        raise RuleBroken("This passkey is known already.")
    _record(session, "passkey.added", passkey_id)
    return passkey_id


def rename_passkey(session: ActorSession, passkey_id: UUID, *, name: str) -> UUID:
    """Call it otherwise. Raises NotFound: absent, ended, or another's."""
    passkey_to_change(session, passkey_id).name = name
    _record(session, "passkey.renamed", passkey_id)
    return passkey_id


def end_passkey(session: ActorSession, passkey_id: UUID) -> UUID:
    """Let it count no more.

    Raises:
        SecondFactorNeeded: the actor has not just used one of theirs.
        NotFound: absent, ended, or another's.
    """
    passkey = passkey_to_change(session, passkey_id)
    require_second_factor(session, Occasion.PASSKEYS)
    session.add(PasskeyEnd(passkey_id=passkey.id, staff_id=passkey.staff_id, reason=REMOVED))
    _record(session, "passkey.ended", passkey_id)
    return passkey_id


def require_possible(site: Site) -> None:
    """Raises RuleBroken: browsers make no passkey at this address."""
    if not site.domain:
        raise RuleBroken("Passkeys need an address with a name, over TLS. Ask the operators of the service.")


def _record(session: ActorSession, act: str, passkey_id: UUID) -> None:
    audit.record(session, act=act, patient_id=None, object_kind="passkey", object_id=passkey_id)
