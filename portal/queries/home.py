"""The first page after signing in: what is next, what is new, and what everybody who treats the person must know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from archive_gateway.queries import studies_of
from dispatch_backend.queries import ReferralCard
from emr.queries import Chart, chart_of, headlines_of
from foundation.actor import Actor
from foundation.clock import now
from foundation.language import Text
from portal.queries.dispatch import DispatchHistory, dispatch_history_of
from portal.queries.notices import News, news_after, visit_before_this
from portal.rules.notices import NoticeGroup, NoticeKind, grouped, new_since


@dataclass(frozen=True, slots=True)
class Home:
    """What the page shows. `headlines` are the words of new entries, `study_uids` the addresses of new images."""

    dispatch: DispatchHistory
    upcoming: Sequence[ReferralCard]
    waiting: Sequence[ReferralCard]
    news: Sequence[NoticeGroup[News]]
    headlines: Mapping[UUID, Text]
    study_uids: Mapping[UUID, str]
    chart: Chart | None


def home_of(session: Session, *, reader: Actor) -> Home:
    """The reader's own first page."""
    history = dispatch_history_of(session, reader=reader)
    news = news_after(session, new_since(visit_before_this(session, reader=reader), at=now()), reader=reader)
    return Home(
        dispatch=history,
        upcoming=history.upcoming(now()),
        waiting=history.waiting,
        news=grouped(news, kind_of=lambda each: each.kind),
        headlines=_headlines(session, news, reader),
        study_uids=_study_uids(session, news, reader),
        chart=chart_of(session, reader.patient_id, reader=reader) if reader.patient_id else None,
    )


def _headlines(session: Session, news: Sequence[News], reader: Actor) -> dict[UUID, Text]:
    entries = {each.object_id for each in news if each.kind in (NoticeKind.ENTRY, NoticeKind.CORRECTION)}
    return {key: Text(*pair) for key, pair in headlines_of(session, entries, reader=reader).items()}


def _study_uids(session: Session, news: Sequence[News], reader: Actor) -> dict[UUID, str]:
    if reader.patient_id is None or not any(each.kind is NoticeKind.STUDY for each in news):
        return {}
    return {study.id: study.study_instance_uid for study in studies_of(session, reader.patient_id, reader)}
