"""The worker closes what is open of somebody who has died, and opens it again where that was an error."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.deaths.queries import OpenReferral, open_referrals_of, referrals_closed_by_death
from dispatch_backend.referrals.actions.care import update_center_care_period
from dispatch_backend.referrals.actions.referrals import revoke_referral
from dispatch_backend.referrals.actions.transitions import apply_transition
from dispatch_backend.referrals.enumerations import Act, OwnReason, State
from dispatch_backend.referrals.queries.referrals import duplicate_open_referral, referral_to_change
from foundation.clock import now
from foundation.database.transactions import ActorSession
from identity.deaths.queries import has_died


def close_after_death(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """Cancel every booking of a visit that has not begun, and revoke what the patient waits for; heard twice, it is done once.

    A visit that has begun is left to those who were there: only they know what became of it.
    """
    patient_id = UUID(payload["patient_id"])
    if not has_died(session, patient_id):  # undone meanwhile
        return
    at = now()
    for referral in open_referrals_of(session, patient_id):
        _close(session, referral, at=at)


def _close(session: ActorSession, referral: OpenReferral, *, at: datetime) -> None:
    if referral.booking_id is None or referral.visit_at is None:
        revoke_referral(session, referral.id, reason=OwnReason.DEATH)
    elif referral.visit_at > at:
        cancel_booking(session, referral.booking_id, reason=OwnReason.DEATH, revoke=True)


def reopen_after_undoing(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """Put back into the queue what the death closed, with its legal day; nothing is booked again.

    What was asked for anew meanwhile stays as it is. Heard twice, it is done once.
    """
    patient_id = UUID(payload["patient_id"])
    if has_died(session, patient_id):  # recorded again meanwhile
        return
    at = now()
    for referral_id in referrals_closed_by_death(session, patient_id):
        referral = referral_to_change(session, referral_id)
        asked_anew = duplicate_open_referral(
            session, patient_id=patient_id, service_code=referral.service_code
        )
        if referral.state is not State.REVOKED or asked_anew:
            continue
        apply_transition(session, referral, Act.REOPENED, at=at, reason=OwnReason.DEATH_UNDONE)
        update_center_care_period(session, patient_id, at=at)
