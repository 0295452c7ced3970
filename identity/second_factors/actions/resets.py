"""Two administrators end the passkeys of a colleague who has lost them: one asks, another confirms."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken, Stale
from foundation.identifiers import new_id
from identity.people.rules.snils import normal_snils
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor
from identity.second_factors.queries.resets import waiting_reset
from identity.second_factors.rules.resets import require_another
from identity.second_factors.tables import PasskeyReset, PasskeyResetConfirmation
from identity.staff.queries import staff_by_identifier


def ask_for_reset(session: ActorSession, *, snils: str, reason: str) -> UUID:
    """Ask that the passkeys of the colleague with this number count no more; another administrator decides.

    Raises:
        SecondFactorNeeded: the actor must first prove anew that it is they.
        RuleBroken: the register knows nobody by it, or it is the actor's own.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    colleague = staff_by_identifier(session, normal_snils(snils) or "")
    if colleague is None:
        raise RuleBroken("The staff register knows nobody by this number.")
    require_another(actor=session.actor.staff_id, staff_id=colleague.id)
    reset_id = new_id()
    told = {"id": reset_id, "staff_id": colleague.id, "asked_by": session.actor.staff_id, "reason": reason}
    session.connection().execute(insert(PasskeyReset).inline(), told)
    _record(session, "passkey_reset.asked", reset_id, reason)
    return reset_id


def confirm_reset(session: ActorSession, reset_id: UUID) -> UUID:
    """End them: what the colleague made before this moment counts no more.

    Raises:
        SecondFactorNeeded: the actor must first prove anew that it is they.
        NotFound: it does not wait any more.
        RuleBroken: the actor has asked for it, or it is about their own.
        Stale: somebody has confirmed it meanwhile.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    asked = waiting_reset(session, reset_id)
    require_another(actor=session.actor.staff_id, staff_id=asked.staff_id, asked_by=asked.asked_by)
    told = {"reset_id": reset_id, "staff_id": asked.staff_id, "confirmed_by": session.actor.staff_id}
    written = session.connection().execute(
        insert(PasskeyResetConfirmation).inline().on_conflict_do_nothing(), told
    )
    if not written.rowcount:
        raise Stale("Somebody has confirmed this meanwhile.")
    _record(session, "passkey_reset.confirmed", reset_id, asked.reason)
    return reset_id


def _record(session: ActorSession, act: str, reset_id: UUID, reason: str) -> None:
    audit.record(
        session, act=act, patient_id=None, object_kind="passkey_reset", object_id=reset_id, reason=reason
    )
