"""What the reader has shared and who opened it; and whose opening a browser's token is of, asked on every request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, column, func, select, true

from foundation.actor import Actor, ActorKind, SharedPart
from foundation.clock import now
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.process_engines import unauthenticated_connection
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.sealing import token_digest
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.people.rules.names import full_name, short_name
from identity.roles import SHARE
from identity.sessions.queries.sessions import SignedIn
from identity.shares.enumerations import ShareState
from identity.shares.rules import TOLD_FOR, state_of
from identity.shares.tables import Share, ShareEnd, ShareOpening, ShareOpeningEnd, ShareTry

_OPENING_OF = PreparedStatement(
    "SELECT * FROM identity.share_opening_of(%(digest)s)",
    {"digest": "bytea"},
)


@dataclass(frozen=True, slots=True)
class OpeningCard:
    """Somebody opened a link. `name` and `workplace` are what they said themselves."""

    id: UUID
    share_id: UUID
    for_whom: str
    name: str
    workplace: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ShareCard:
    """What the reader has shared, for whom and until when, and who opened it, the newest first."""

    id: UUID
    for_whom: str
    part: SharedPart
    most_openings: int
    ends_at: datetime
    made_at: datetime
    state: ShareState
    openings: Sequence[OpeningCard]


def shares_of_reader(session: ActorSession) -> list[ShareCard]:
    """Those that live, then those that are over and not long so, each the newest first."""
    answer = _SHARES.fetch(session)
    at = now()
    openings = openings_from(answer.openings)
    shut = {each.share_id: ShareState(each.shut_by) for each in answer.shut}
    cards = [_card(row, openings, shut.get(row.id), at) for row in answer.shares]
    told = [each for each in cards if each.ends_at > at - TOLD_FOR]
    return sorted(told, key=lambda each: each.state is not ShareState.LIVING)


def own_share(session: ActorSession, share_id: UUID) -> UUID:
    """One of the reader's. Raises NotFound: absent, or another's."""
    own = select(Share.id).where(Share.id == share_id, *_readable(session, Share))
    found = session.scalar(own)
    if found is None:
        raise NotFound("There is no such link.")
    return found


def opening_rows(session: ActorSession) -> Select[Any]:
    """Who opened what the reader has shared: to be fetched in a combined query, and read by `openings_from`."""
    told: Any = select(
        ShareOpening.id,
        ShareOpening.share_id,
        Share.for_whom,
        ShareOpening.opener_name,
        ShareOpening.opener_workplace,
        ShareOpening.opened_at,
    )
    rows: Select[Any] = (
        told.join(Share, Share.id == ShareOpening.share_id)
        .where(*_readable(session, ShareOpening))
        .order_by(ShareOpening.opened_at.desc())
    )
    return rows


def openings_from(rows: Iterable[Any]) -> list[OpeningCard]:
    return [OpeningCard(*row) for row in rows]


def _shares(session: ActorSession) -> Selects:
    tries = select(func.count()).where(ShareTry.link_digest == Share.link_digest).scalar_subquery()
    told: Any = select(
        Share.id,
        Share.for_whom,
        Share.kinds,
        Share.since,
        Share.until,
        Share.study_uid,
        Share.most_openings,
        Share.ends_at,
        Share.made_at,
        ShareEnd.ended_at,
        tries.label("tries"),
    )
    shares = (
        told.outerjoin(ShareEnd, ShareEnd.share_id == Share.id)
        .where(*_readable(session, Share))
        .order_by(Share.made_at.desc(), Share.id)
    )
    # A definer function: what was joined with the record, and by whose right it was made, is in nobody's sight by itself.
    shut = func.identity.shut_shares_of_actor().table_valued(
        column("share_id", Uuid()), column("shut_by", Text())
    )
    return {"shares": shares, "openings": opening_rows(session), "shut": select(*shut.c)}


_SHARES = CombinedQuery(_shares)


def _readable(session: ActorSession, table: Any) -> tuple[Any, ...]:
    """Rows of the reader's own record: also where a test takes the wall away, nobody asks for another's."""
    own = table.patient_id == session.actor.patient_id
    return (
        own,
        access.readable_by(session, Thing.DELEGATIONS, table.patient_id),
        share_is_told(session, table),
    )


def share_is_told(session: ActorSession, table: Any) -> ColumnElement[bool]:
    """That a row is of a link whose words betray nothing to the reader: a parent reads of no link that a child made who decides alone."""
    if not session.actor.hidden_labels:
        return true()
    by_a_right = select(Share.id).where(Share.delegation_id.is_not(None))
    if table is ShareOpeningEnd:
        of_these = select(ShareOpening.id).where(ShareOpening.share_id.in_(by_a_right))
        return table.opening_id.in_(of_these)  # type: ignore[no-any-return]  # of any table
    return (table.id if table is Share else table.share_id).in_(by_a_right)  # type: ignore[no-any-return]


def _card(row: Any, openings: Sequence[OpeningCard], shut_by: ShareState | None, at: datetime) -> ShareCard:
    own = [each for each in openings if each.share_id == row.id]
    return ShareCard(
        id=row.id,
        for_whom=row.for_whom,
        part=SharedPart(tuple(row.kinds), row.since, row.until, row.study_uid),
        most_openings=row.most_openings,
        ends_at=row.ends_at,
        made_at=row.made_at,
        state=shut_by
        or state_of(
            ends_at=row.ends_at,
            revoked=row.ended_at is not None,
            openings=len(own),
            most_openings=row.most_openings,
            tries=row.tries,
            at=at,
        ),
        openings=own,
    )


class _Opening(NamedTuple):
    """What identity.share_opening_of tells."""

    opening_id: UUID
    patient_id: UUID
    kinds: list[str]
    since: datetime | None
    until: datetime | None
    study_uid: str
    expires_at: datetime
    family_name: str
    given_name: str
    middle_name: str
    birth_date: date
    birth_precision: str


def opening_of(token: str) -> SignedIn | None:
    """Who looks by the link of this token's opening: not ended, and what was shared lives still.

    Returns:
        Its `full_name` and birth are those of whose record it is: whoever looks has no account here.
    """
    with unauthenticated_connection() as connection:
        found = _OPENING_OF.rows(connection, (token_digest(token),))
    if not found:
        return None
    row = _Opening(*found[0])
    names = (row.family_name, row.given_name, row.middle_name)
    return SignedIn(
        actor=Actor(
            kind=ActorKind.SHARE,
            patient_id=row.patient_id,
            role=SHARE,
            session_id=row.opening_id,
            shared=SharedPart(tuple(row.kinds), row.since, row.until, row.study_uid),
        ),
        full_name=full_name(*names),
        short_name=short_name(*names),
        position=None,
        facility=None,
        last_seen_at=now(),
        birth_date=row.birth_date,
        birth_precision=row.birth_precision,
        expires_at=row.expires_at,
    )


def by_opening(openings: Iterable[OpeningCard]) -> Mapping[UUID, OpeningCard]:
    return {each.id: each for each in openings}
