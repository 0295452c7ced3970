"""Sessions begin and end here. The browser gets a random token, the database its digest."""

import secrets
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from foundation.identifiers import new_id
from foundation.sealing import seal, token_digest
from identity.people.rules.assurance import Assurance
from identity.sessions.queries.provider_sessions import ProviderSession
from identity.sessions.queries.sessions import session_limits
from identity.sessions.rules.browsers import Browser
from identity.sessions.rules.endings import REPLACED
from identity.sessions.tables.accounts import PatientLink
from identity.sessions.tables.sessions import ID_TOKEN, IdToken, Session, SessionEnd

TOKEN_BYTES = 32


def link_patient(session: ActorSession, *, basis: str, level: Assurance) -> None:
    """Note that the actor's account is the actor's patient; saying it twice changes nothing."""
    session.connection().execute(
        insert(PatientLink).on_conflict_do_nothing(),
        {
            "id": new_id(),
            "account_id": session.actor.account_id,
            "patient_id": session.actor.patient_id,
            "basis": basis,
            "level": level.value,
            "made_at": now(),
        },
    )


def begin_session(session: ActorSession, *, at_provider: ProviderSession, browser: Browser) -> str:
    """Begin the session of the transaction's actor, whose session_id it gets.

    Returns:
        The token for the browser's cookie: 256 random bits that are kept nowhere else.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.execute(insert(Session), _session_row(session, at_provider, browser, token))
    if at_provider.id_token:
        sealed = {"session_id": session.actor.session_id, "sealed": seal(at_provider.id_token, ID_TOKEN)}
        session.connection().execute(insert(IdToken).inline(), sealed)
    limits = session_limits()
    session.execute(func.identity.forget_idle_id_tokens(limits.citizen_idle, limits.staff_idle))
    _record(session, "session.started", session.actor.session_id)
    return token


def _session_row(
    session: ActorSession, at_provider: ProviderSession, browser: Browser, token: str
) -> dict[str, object]:
    actor, at, factor = session.actor, now(), at_provider.second_factor
    return {
        "id": actor.session_id,
        "token_sha256": token_digest(token),
        "account_id": actor.account_id,
        "actor_kind": actor.kind.value,
        "patient_id": actor.patient_id,
        "staff_id": actor.staff_id,
        "facility_id": actor.facility_id,
        "role": actor.role,
        "delegation_id": actor.delegation_id,
        "own_patient_id": actor.own_patient_id,
        "provider": at_provider.provider,
        "issuer": at_provider.issuer,
        "subject": at_provider.subject,
        "provider_session": at_provider.provider_session,
        "level": at_provider.level,
        "browser_family": browser.family,
        "browser_system": browser.system,
        "authenticated_at": at_provider.authenticated_at,
        "second_factor": factor.kind.value if factor else "",
        "second_factor_at": factor.at if factor else None,
        "began_at": at,
        "last_seen_at": at,
        "expires_at": at_provider.expires_at,
    }


def replace_session(
    session: ActorSession, former_id: UUID, *, at_provider: ProviderSession, browser: Browser
) -> str:
    """End the former session and begin the actor's instead, both or neither.

    Returns:
        The new session's token.

    Raises:
        RuleBroken: the former one is over. Of two that would replace it at once, one does.
    """
    if not end_session(session, former_id, reason=REPLACED):
        raise RuleBroken("You have chosen your place of work in another window already.")
    return begin_session(session, at_provider=at_provider, browser=browser)


def turn_session(
    session: ActorSession, former_id: UUID, *, at_provider: ProviderSession, browser: Browser
) -> str:
    """The same for somebody who begins or ceases to act for another: the former one is of another record, which tells of
    its beginning alone.

    Returns:
        The new session's token.

    Raises:
        RuleBroken: the former one is over. Of two that would replace it at once, one does.
    """
    if not _end(session, former_id, reason=REPLACED):
        raise RuleBroken("You have gone on in another window already.")
    return begin_session(session, at_provider=at_provider, browser=browser)


def end_session(
    session: ActorSession, session_id: UUID, *, reason: str, patient_id: UUID | None = None
) -> bool:
    """End a session at once, and with it what is kept of the provider's token; ending it twice changes nothing.

    Args:
        reason: in words of our own; kept with the end, for whoever looks into it.
        patient_id: whose session it is, where somebody else ends a citizen's.

    Returns:
        Whether it was this that ended it.
    """
    ended = _end(session, session_id, reason=reason)
    if ended:
        _record(session, "session.ended", session_id, patient_id)
    return ended


def _end(session: ActorSession, session_id: UUID, *, reason: str) -> bool:
    ended = session.connection().execute(
        insert(SessionEnd).on_conflict_do_nothing(),
        {"session_id": session_id, "ended_at": now(), "reason": reason},
    )
    return bool(ended.rowcount)


def _record(session: ActorSession, act: str, session_id: UUID | None, patient_id: UUID | None = None) -> None:
    whose = patient_id or session.actor.patient_id
    audit.record(session, act=act, patient_id=whose, object_kind="session", object_id=session_id)
