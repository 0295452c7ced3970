"""The first page after signing in: what is next, what is new, and what everybody who treats the person must know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from archive_gateway.queries import StudyCard, studies_of
from dispatch_backend.queries import ReferralCard
from emr.queries import Chart, chart_of, headlines_of
from foundation.bilingual import BilingualText
from foundation.clock import now, today
from foundation.database import ActorSession
from portal.queries.dispatch import DispatchHistory, dispatch_history_of
from portal.queries.notices import News, news_after, visit_before_this
from portal.rules.notices import NoticeGroup, NoticeKind, grouped, new_since, study_is_news


@dataclass(frozen=True, slots=True)
class Home:
    """What the page shows. `headlines` are the words of new entries, `study_uids` the addresses of new images."""

    dispatch: DispatchHistory
    upcoming: Sequence[ReferralCard]
    waiting: Sequence[ReferralCard]
    news: Sequence[NoticeGroup[News]]
    headlines: Mapping[UUID, BilingualText]
    study_uids: Mapping[UUID, str]
    chart: Chart | None


def home_of(session: ActorSession) -> Home:
    """The reader's own first page."""
    history = dispatch_history_of(session)
    last_visit = visit_before_this(session)
    happened = news_after(session, new_since(last_visit, at=now()))
    studies = _studies(session, happened)
    news = [each for each in happened if _is_news(each, studies, last_visit)]
    return Home(
        dispatch=history,
        upcoming=history.upcoming(now()),
        waiting=history.waiting,
        news=grouped(news, kind_of=lambda each: each.kind),
        headlines=_headlines(session, news),
        study_uids={key: study.study_instance_uid for key, study in studies.items()},
        chart=chart_of(session, session.actor.patient_id) if session.actor.patient_id else None,
    )


def _headlines(session: ActorSession, news: Sequence[News]) -> dict[UUID, BilingualText]:
    entries = {each.object_id for each in news if each.kind in (NoticeKind.ENTRY, NoticeKind.AMENDMENT)}
    return headlines_of(session, entries)


def _studies(session: ActorSession, news: Sequence[News]) -> dict[UUID, StudyCard]:
    if session.actor.patient_id is None or not any(each.kind is NoticeKind.STUDY for each in news):
        return {}
    return {study.id: study for study in studies_of(session, session.actor.patient_id)}


def _is_news(news: News, studies: Mapping[UUID, StudyCard], last_visit: datetime | None) -> bool:
    if news.kind is not NoticeKind.STUDY:
        return True
    # Images that were given to somebody else meanwhile are no longer the reader's, nor is the news of them.
    study = studies.get(news.object_id)
    return study is not None and study_is_news(study.started_on, last_visit=last_visit, today=today())
