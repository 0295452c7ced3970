"""Sharing a part of the record by a link, opening one, and ending either."""

import secrets
from datetime import timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, delete, func, literal
from sqlalchemy.dialects.postgresql import ARRAY, insert

from foundation import audit
from foundation.actor import Actor, ActorKind, SharedPart
from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from foundation.errors import NotAllowed, RateLimited
from foundation.identifiers import new_id
from foundation.sealing import keyed_digest, keyed_digests, token_digest
from foundation.shared_counts import SharedCounts
from identity.roles import SHARE
from identity.shares.enumerations import NewShare
from identity.shares.queries import ShareCard, own_share, shares_of_reader
from identity.shares.rules import DAY_S, MOST_A_DAY, TOKEN_BYTES, SelfTold, ShareKey, require_shareable
from identity.shares.tables import Share, ShareEnd, ShareOpeningEnd, ShareTry

OBJECT = "share"
TRIES_KEPT = timedelta(days=91)
_made = SharedCounts()


def require_whole(session: ActorSession) -> None:
    """Raises NotAllowed: whoever acts for somebody by a right to a part of the record shares nothing of it."""
    if session.actor.kind not in (ActorKind.CITIZEN, ActorKind.DELEGATE) or session.actor.scopes is not None:
        raise NotAllowed("You may not see this part of the record.")


def list_shares(session: ActorSession) -> list[ShareCard]:
    """What the reader has shared. Raises NotAllowed."""
    require_whole(session)
    audit.record(session, act="shares.listed", patient_id=session.actor.patient_id)
    return shares_of_reader(session)


def make_share(session: ActorSession, new: NewShare) -> tuple[UUID, ShareKey]:
    """Let whoever has the link and the code see that part; both are told here once and kept nowhere.

    Raises:
        NotAllowed: the actor acts for the patient by a right to a part of the record.
        RateLimited: too many were made today.
        RuleBroken: nothing is chosen, or it is for no time or too long.
    """
    require_whole(session)
    require_shareable(new, today=today())
    if _made.incr(f"shares/{session.actor.patient_id}", DAY_S) > MOST_A_DAY:
        raise RateLimited("You have made many links today. Go on tomorrow.")
    share_id, key = new_id(), ShareKey.new()
    session.connection().execute(
        insert(Share).inline(),
        {
            "id": share_id,
            "patient_id": session.actor.patient_id,
            "delegation_id": session.actor.delegation_id,
            "for_whom": new.for_whom,
            "kinds": list(new.kinds),
            "since": new.since(zone()),
            "until": new.until(zone()),
            "study_uid": new.study_uid,
            "link_digest": keyed_digest(key.link_sealed_as),
            "code_digest": keyed_digest(key.code_sealed_as),
            "most_openings": new.most_openings,
            "ends_at": new.ends_at(zone()),
        },
    )
    _record(session, "share.made", session.actor.patient_id, share_id)
    return share_id, key


def revoke_share(session: ActorSession, share_id: UUID) -> UUID:
    """Nobody sees anything by it from now on, also whoever has just opened it; ended twice changes nothing.

    Raises:
        NotAllowed: as `make_share` does.
        NotFound: absent, or another's.
    """
    require_whole(session)
    own_share(session, share_id)
    ended = session.connection().execute(
        insert(ShareEnd).on_conflict_do_nothing(),
        {"share_id": share_id, "patient_id": session.actor.patient_id},
    )
    if ended.rowcount:
        _record(session, "share.revoked", session.actor.patient_id, share_id)
    return share_id


def new_opener() -> Actor:
    """As whom somebody tries to open a link: nothing is open to them before it is."""
    return Actor(kind=ActorKind.SHARE, role=SHARE, session_id=new_id(), shared=SharedPart())


def open_share(session: ActorSession, key: ShareKey, told: SelfTold) -> str:
    """Open what this link and this code open, once more; by the actor that `new_opener` told.

    Returns:
        The token of the opening, for the browser's cookie; "" where nothing opened, whatever the reason was: also that is
        kept, so the transaction must not fail for it.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    # A definer function: whoever types a code is nobody yet (docs/decisions/0024-shares.md).
    patient_id = session.scalars(
        func.identity.open_share(
            _digests(key.link_sealed_as),
            _digests(key.code_sealed_as),
            session.actor.session_id,
            literal(token_digest(token), LargeBinary),
            told.name,
            told.workplace,
            type_=Uuid(),
        )
    ).one()
    if patient_id is None:
        return ""
    _record(session, "share.opened", patient_id, session.actor.session_id)
    return token


def leave_share(session: ActorSession) -> None:
    """Whoever looks has seen enough: their opening is over, on every page."""
    ended = session.connection().execute(
        insert(ShareOpeningEnd).on_conflict_do_nothing(),
        {"opening_id": session.actor.session_id, "patient_id": session.actor.patient_id},
    )
    if ended.rowcount:
        _record(session, "share.left", session.actor.patient_id, session.actor.session_id)


def sweep_share_tries(session: ActorSession) -> int:
    """Forget what did not open so long ago that no link of then lives; for the worker. Returns how much."""
    over = delete(ShareTry).where(ShareTry.tried_at < now() - TRIES_KEPT)
    return session.connection().execute(over).rowcount


def _digests(text: str) -> object:
    return literal(keyed_digests(text), ARRAY(LargeBinary))


def _record(session: ActorSession, act: str, patient_id: UUID | None, object_id: UUID | None) -> None:
    audit.record(session, act=act, patient_id=patient_id, object_kind=OBJECT, object_id=object_id)
