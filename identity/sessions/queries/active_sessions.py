"""The sessions that an operator can end, and whose they are."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from foundation.database.transactions import ActorSession
from identity.sessions.rules.endings import REPLACED
from identity.sessions.tables.accounts import Account
from identity.sessions.tables.sessions import Session, SessionEnd
from identity.staff.tables import StaffMember


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """A session that nobody has ended, and its patient where it is a citizen's."""

    id: UUID
    patient_id: UUID | None


@dataclass(frozen=True, slots=True)
class Person:
    """Whose sessions are meant: any that is of the account, of the member of staff or of one of the patients."""

    account_id: UUID | None = None
    staff_id: UUID | None = None
    patient_ids: tuple[UUID, ...] = ()


def active_sessions(session: ActorSession, of: Person | None = None) -> list[ActiveSession]:
    """Those of this person, or everybody's; such as wait without use are among them."""
    # Only columns that the loader may read stand here: it sees whose a session is, and nothing that would open it.
    ended = select(SessionEnd.session_id).where(SessionEnd.session_id == Session.id)
    asked = select(Session.id, Session.patient_id).where(Session.expires_at > func.now(), ~ended.exists())
    if of is not None:
        theirs: list[ColumnElement[bool]] = [
            Session.patient_id.in_(of.patient_ids),
            Session.own_patient_id.in_(of.patient_ids),
        ]
        theirs += [Session.account_id == of.account_id] if of.account_id else []
        theirs += [Session.staff_id == of.staff_id] if of.staff_id else []
        asked = asked.where(or_(*theirs))
    return [ActiveSession(*row) for row in session.execute(asked.order_by(Session.id))]


def was_signed_out(session: ActorSession, session_id: UUID) -> bool:
    """Whether somebody ended this session: its owner, the provider or an operator. It is none where it ran out by itself,
    or where the next sign-in in the same browser took its place."""
    ended = select(SessionEnd.reason).where(SessionEnd.session_id == session_id)
    return session.scalar(ended.where(SessionEnd.reason != REPLACED)) is not None


def is_account(session: ActorSession, account_id: UUID) -> bool:
    return session.scalar(select(Account.id).where(Account.id == account_id)) is not None


def is_staff_member(session: ActorSession, staff_id: UUID) -> bool:
    return session.scalar(select(StaffMember.id).where(StaffMember.id == staff_id)) is not None
