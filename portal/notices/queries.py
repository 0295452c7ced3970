"""News for the patient, and since when they are new."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from emr.summaries.queries.lines import entry_is_open
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing
from portal.notices.rules import NoticeKind
from portal.notices.tables import Notice, RecordVisit

MOST_NOTICES = 200


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """Something that happened to an entry, a referral or a study of the patient, and when it came into the record."""

    kind: NoticeKind
    object_id: UUID
    recorded_at: datetime


def previous_visits(session: ActorSession) -> Select[datetime | None]:
    """When the reader's last visit in another session began; to be fetched in a combined query."""
    return (
        select(func.max(RecordVisit.began_at).label("began_at"))
        .where(RecordVisit.patient_id == session.actor.patient_id)
        .where(RecordVisit.session_id != session.actor.session_id)
        .where(access.readable_by(session, Thing.NOTICES, RecordVisit.patient_id))
    )


def notice_rows(session: ActorSession, after: Any) -> Select[NoticeKind, UUID, datetime]:
    """What became news to the reader after that moment, the newest first: to be fetched in a combined query."""
    recorded_at = func.coalesce(Notice.recorded_at, Notice.happened_at).label("recorded_at")
    return (
        select(Notice.kind, Notice.object_id, recorded_at)
        .where(Notice.patient_id == session.actor.patient_id)
        .where(access.readable_by(session, Thing.NOTICES, Notice.patient_id), notice_is_told(session))
        .where(Notice.happened_at > after)
        .order_by(Notice.happened_at.desc(), Notice.id.desc())
        .limit(MOST_NOTICES)
    )


def notice_is_told(session: ActorSession) -> ColumnElement[bool]:
    """That a notice tells nothing of an entry that is closed to the reader: what a parent may not read is no news either."""
    if not session.actor.hidden_labels:
        return true()
    of_entry = Notice.kind.in_((NoticeKind.ENTRY, NoticeKind.AMENDMENT))
    return or_(~of_entry, entry_is_open(session, Notice.object_id)) & (Notice.kind != NoticeKind.ERASURE)
