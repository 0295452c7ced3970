"""Where a person is signed in now: their living sessions, as they know them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, any_, exists, func, or_, select

from foundation.actor import ActorKind
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from identity.facilities.queries import facilities_from, facility_rows
from identity.sessions.queries.sessions import session_limits
from identity.sessions.rules.browsers import Browser
from identity.sessions.tables.accounts import PatientLink
from identity.sessions.tables.sessions import Session, SessionEnd
from identity.staff.tables import StaffPost


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A living session of the reader. `facility` is where a member of staff works in it, None for whoever does not.

    Attributes:
        last_used_at: to within a minute.
        provider: its name in the settings.
        here: whether it is the one that asks.
    """

    id: UUID
    began_at: datetime
    last_used_at: datetime
    browser: Browser
    provider: str
    facility: BilingualText | None
    here: bool


def devices_of_reader(session: ActorSession) -> list[Device]:
    """The reader's living sessions on their side, of citizens or of staff: the one that asks first, then the last used."""
    idle = session_limits().idle(staff=session.actor.kind is ActorKind.STAFF)
    answer = DEVICES.fetch(session, idle_s=idle.total_seconds())
    places = facilities_from(answer.facilities)
    devices = [
        Device(
            id=row.id,
            began_at=row.began_at,
            last_used_at=row.last_seen_at,
            browser=Browser(row.browser_family, row.browser_system),
            provider=row.provider,
            facility=places[row.facility_id].name if row.facility_id else None,
            here=row.id == session.actor.session_id,
        )
        for row in answer.sessions
    ]
    return sorted(devices, key=lambda device: (not device.here, -device.last_used_at.timestamp()))


def other_devices(session: ActorSession) -> list[UUID]:
    """The reader's living sessions but the one that asks."""
    return [each.id for each in devices_of_reader(session) if not each.here]


def require_own_session(session: ActorSession, session_id: UUID) -> None:
    """Raises NotFound: there is no such session, or it is somebody else's. One that is over is still its owner's."""
    if session.scalar(select(Session.id).where(Session.id == session_id, _of_reader(session))) is None:
        raise NotFound("There is no such session.")


def _devices(session: ActorSession, *, idle_s: Any) -> Selects:
    sessions = _living(session, idle_s).cte("living")
    rows: Any = select(sessions)
    return {
        "sessions": rows,
        "facilities": facility_rows(select(sessions.c.facility_id)),
    }


DEVICES = CombinedQuery(_devices)


def _living(session: ActorSession, idle_s: Any) -> Select[Any]:
    """As identity.session_of decides it for a token."""
    ended = exists().where(SessionEnd.session_id == Session.id)
    held = exists().where(
        StaffPost.staff_id == Session.staff_id,
        StaffPost.facility_id == Session.facility_id,
        StaffPost.role == Session.role,
        StaffPost.began_at <= func.now(),
        StaffPost.ends_at > func.now(),
    )
    asked: Any = select(
        Session.id,
        Session.began_at,
        Session.last_seen_at,
        Session.browser_family,
        Session.browser_system,
        Session.provider,
        Session.facility_id,
    )
    living: Select[Any] = asked.where(
        _of_reader(session),
        Session.expires_at > func.now(),
        Session.last_seen_at > func.now() - func.make_interval(0, 0, 0, 0, 0, 0, idle_s),
        ~ended,
        or_(Session.facility_id.is_(None), held),
    )
    return living


def _of_reader(session: ActorSession) -> ColumnElement[bool]:
    """The person's, whichever of their accounts it was begun with; a citizen's accounts are linked to the same patient.

    The patient is asked of the link and not of who acts, who may act for somebody else.
    """
    actor = session.actor
    if actor.kind is ActorKind.STAFF:
        return and_(Session.actor_kind == actor.kind.value, Session.staff_id == actor.staff_id)
    linked = select(PatientLink.patient_id).where(PatientLink.account_id == actor.account_id)
    # A session in which somebody acts for another is of the account that began it, and not of whose record is open in it.
    return or_(
        and_(Session.account_id == actor.account_id, Session.actor_kind != ActorKind.STAFF.value),
        and_(
            Session.actor_kind == ActorKind.CITIZEN.value,
            Session.patient_id == any_(func.array(linked.scalar_subquery())),
        ),
    )
