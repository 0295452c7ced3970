"""Who is signed in with the token that a browser sent: one statement, asked on every request."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from foundation.actor import Actor, ActorKind
from foundation.clock import now, zone
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.process_engines import unauthenticated_connection
from foundation.language.bilingual import BilingualText
from foundation.language.dates import Precision
from foundation.language.latin_letters import PrintedName
from foundation.sealing import token_digest
from identity.delegations.rules.ages import hidden_from_parent, is_represented_by_parents
from identity.delegations.rules.scopes import limited
from identity.people.enumerations import Birth
from identity.people.rules.names import full_name, short_name
from identity.sessions.rules.endings import SessionLimits, TimeLeft, time_left, warned_before

# Of this process, as its settings say.
_limits = {"all": SessionLimits()}


def set_session_limits(limits: SessionLimits) -> None:
    _limits["all"] = limits


def session_limits() -> SessionLimits:
    return _limits["all"]


class _Session(NamedTuple):
    """What identity.session_of tells."""

    id: UUID
    account_id: UUID
    actor_kind: str
    patient_id: UUID | None
    staff_id: UUID | None
    facility_id: UUID | None
    role: str
    last_seen_at: datetime
    family_name: str
    given_name: str
    middle_name: str
    position_en: str | None
    position_ru: str | None
    facility_en: str | None
    facility_ru: str | None
    birth_date: date | None
    birth_precision: str
    expires_at: datetime
    delegation_id: UUID | None
    own_patient_id: UUID | None
    scopes: list[str] | None
    until_age: int | None
    confidential_ages: dict[str, int] | None
    opened_by_law: list[str] | None


# A definer function, because before it answers the database does not know who asks. A later version may tell more.
_SESSION_OF = PreparedStatement(
    f"SELECT {', '.join(_Session._fields)} FROM identity.session_of(%(digest)s, %(idle_citizen)s, %(idle_staff)s)",  # noqa: S608 (our own names)
    {"digest": "bytea", "idle_citizen": "interval", "idle_staff": "interval"},
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A living session and the name, post and place to show for it; of a citizen the birth date too."""

    actor: Actor
    full_name: PrintedName
    short_name: PrintedName
    position: BilingualText | None
    facility: BilingualText | None
    last_seen_at: datetime
    birth_date: date | None
    birth_precision: str
    expires_at: datetime

    @property
    def idle(self) -> timedelta:
        """For how long this session lives unused."""
        return session_limits().idle(staff=self.actor.kind is ActorKind.STAFF)

    @property
    def idle_s(self) -> int:
        return int(self.idle.total_seconds())

    @property
    def warned_s(self) -> int:
        """How many seconds before it ends its owner is told."""
        return int(warned_before(self.idle).total_seconds())

    def time_left(self, at: datetime) -> TimeLeft:
        """Until this session ends."""
        return time_left(last_seen_at=self.last_seen_at, expires_at=self.expires_at, idle=self.idle, at=at)


def sign_in_of(token: str) -> SignedIn | None:
    """The living session of this token: not ended, not expired, not idle for too long, its post still held, and the right
    to act for somebody still there."""
    limits = session_limits()
    with unauthenticated_connection() as connection:
        found = _SESSION_OF.rows(connection, (token_digest(token), limits.citizen_idle, limits.staff_idle))
    if not found:
        return None
    row = _Session(*found[0])
    if row.until_age is not None and not _is_child(row, row.until_age):
        return None
    names: tuple[str, str, str] = (row.family_name, row.given_name, row.middle_name)
    return SignedIn(
        actor=Actor(
            kind=ActorKind(row.actor_kind),
            account_id=row.account_id,
            patient_id=row.patient_id,
            staff_id=row.staff_id,
            facility_id=row.facility_id,
            role=row.role,
            session_id=row.id,
            own_patient_id=row.own_patient_id,
            delegation_id=row.delegation_id,
            scopes=limited(row.scopes),
            hidden_labels=_hidden_labels(row),
            opened_by_law=tuple(row.opened_by_law or ()),
        ),
        full_name=full_name(*names),
        short_name=short_name(*names),
        position=_text(row.position_en, row.position_ru),
        facility=_text(row.facility_en, row.facility_ru),
        last_seen_at=row.last_seen_at,
        birth_date=row.birth_date,
        birth_precision=row.birth_precision,
        expires_at=row.expires_at,
    )


def _is_child(row: _Session, until_age: int) -> bool:
    """Asked of the birth as it is known today; the right itself ends as it was known when it was entered."""
    if row.birth_date is None:
        return False
    birth = Birth(row.birth_date, Precision(row.birth_precision))
    return is_represented_by_parents(birth, until_age, at=now(), zone=zone())


def _hidden_labels(row: _Session) -> tuple[str, ...]:
    """Of whoever acts by a parent's right."""
    if not row.confidential_ages or row.birth_date is None:
        return ()
    birth = Birth(row.birth_date, Precision(row.birth_precision))
    return hidden_from_parent(birth, row.confidential_ages, at=now(), zone=zone())


def _text(english: str | None, russian: str | None) -> BilingualText | None:
    return BilingualText(english, russian) if english is not None and russian is not None else None


def active_sessions_at_provider(*, issuer: str, subject: str = "", provider_session: str = "") -> list[UUID]:
    """The sessions that a provider's back-channel logout names by its own session or subject."""
    with unauthenticated_connection() as connection:
        found = connection.execute(
            text("SELECT * FROM identity.sessions_at_provider(:issuer, :subject, :provider_session)"),
            {"issuer": issuer, "subject": subject, "provider_session": provider_session},
        )
        return list(found.scalars())
