"""News for the patient, written by the worker from the outbox; hearing the same message twice changes nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from dispatch_backend.referrals.enumerations import Act
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.outbox import ANNOUNCED_AT
from identity.deaths.queries import has_died
from identity.merges.queries import standing_record
from portal.notices.rules import NoticeKind
from portal.notices.tables import Notice

FIRST_VERSION = 1


def add_entry_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """An entry about the patient was signed; where a signed version stood before, that is an amendment, and news of its own.

    A draft that was saved twice before it was signed amends nothing that anybody has read.
    """
    number = int(payload.get("number", FIRST_VERSION))
    # Messages that were written before they said so tell it by their number.
    amends = bool(payload.get("amends", number != FIRST_VERSION))
    kind = NoticeKind.AMENDMENT if amends else NoticeKind.ENTRY
    _write(session, kind, payload, occurrence=str(number) if amends else "")


def add_referral_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient was referred."""
    _write(session, NoticeKind.REFERRAL, payload)


def add_booking_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient's referral was booked; booked again after a cancellation, it is news again."""
    _write(session, NoticeKind.BOOKING, payload, occurrence=_booking_in(payload))


def add_cancellation_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient's booking was cancelled: news of its referral, wherever the message names it."""
    of_referral = {**payload, "object_id": payload.get("referral_id", payload["object_id"])}
    _write(session, NoticeKind.CANCELLATION, of_referral, occurrence=_booking_in(payload))


def add_study_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """Images of the patient arrived."""
    _write(session, NoticeKind.STUDY, payload)


def add_import_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """Another system sent entries for the patient's record; sent again with more, it is news again."""
    _write(session, NoticeKind.IMPORT, payload, occurrence=payload["at"])


def add_objection_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient's question about an access was answered; each answer is news."""
    _write(session, NoticeKind.OBJECTION, payload, occurrence=str(payload["number"]))


def add_erasure_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient's request for erasure was answered; each answer is news."""
    _write(session, NoticeKind.ERASURE, payload, occurrence=str(payload["number"]))


def add_emergency_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """Somebody opened the patient's record in an emergency."""
    _write(session, NoticeKind.EMERGENCY, payload)


def add_account_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """A facility linked an account to the patient's record; each link is news."""
    _write(session, NoticeKind.ACCOUNT, payload, occurrence=payload["confirmation_id"])


def add_verdict_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The privacy officer has said whether opening the patient's record in an emergency was justified."""
    _write(session, NoticeKind.VERDICT, payload)


def add_undone_death_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient's death was recorded in error, and that was undone: what was booked was cancelled meanwhile."""
    _write(session, NoticeKind.UNDONE_DEATH, payload)


def add_guardian_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient has a guardian from now on, or is one."""
    _write(session, NoticeKind.GUARDIAN, payload)


def add_guardian_end_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """A guardianship that concerned the patient is over."""
    _write(session, NoticeKind.GUARDIAN_END, payload)


def add_grant_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """Somebody accepted the right to act for the patient that the patient had offered."""
    _write(session, NoticeKind.GRANT, payload)


def add_declined_grant_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """Somebody declined the right to act for the patient that the patient had offered."""
    _write(session, NoticeKind.GRANT_DECLINED, payload)


def add_contact_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """A registrar has entered an address or a telephone of the patient's."""
    _write(session, NoticeKind.CONTACT, payload)


def add_contact_end_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """A registrar has taken an address or a telephone of the patient's away."""
    _write(session, NoticeKind.CONTACT_END, payload)


def add_merge_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient's record was joined with another that is theirs too, or is a part of such a one now."""
    _write(session, NoticeKind.MERGE, payload, of_record=UUID(payload["patient_id"]))


def add_undone_merge_notice(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """The patient's record was parted from another: the two had been joined in error."""
    _write(session, NoticeKind.UNDONE_MERGE, payload, of_record=UUID(payload["patient_id"]))


def add_loaded_referral_notices(session: ActorSession, payload: Mapping[str, Any]) -> None:
    """Referrals were taken in together; each is news by the act that it stands at, of the day of that act."""
    for referral in payload["referrals"]:
        each = {ANNOUNCED_AT: payload.get(ANNOUNCED_AT), **referral}
        if each["act"] == Act.BOOKED:
            add_booking_notice(session, each)
        else:
            add_referral_notice(session, each)


def _recorded_at(payload: Mapping[str, Any]) -> datetime | None:
    """When it was announced, in the transaction that recorded it."""
    announced_at = payload.get(ANNOUNCED_AT)
    return datetime.fromisoformat(announced_at) if announced_at else None


def _booking_in(payload: Mapping[str, Any]) -> str:
    return str(payload.get("booking_id", ""))


def _write(
    session: ActorSession,
    kind: NoticeKind,
    payload: Mapping[str, Any],
    *,
    occurrence: str = "",
    of_record: UUID | None = None,
) -> None:
    """
    Args:
        of_record: whose news it is, also where that record was joined with another; otherwise of the one that it is a part of.
    """
    patient_id = of_record or standing_record(session, UUID(payload["patient_id"]))
    # Nobody reads it. Whose death is undone is told of that, and finds the rest in the record.
    if has_died(session, patient_id):
        return
    heard_at = now()
    session.connection().execute(
        insert(Notice).on_conflict_do_nothing(),
        {
            "id": new_id(),
            "patient_id": patient_id,
            "kind": kind,
            "object_id": UUID(payload["object_id"]),
            "occurrence": occurrence,
            "happened_at": heard_at,
            "recorded_at": _recorded_at(payload) or heard_at,
        },
    )
