"""The first page after signing in: what is next, what is new, and what everybody who treats the person must know."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select, union

from archive_gateway.studies.queries.studies import StudyCard, studies_of
from dispatch_backend.bookings.queries.referral_cards import ReferralCard, patient_referral_selects
from dispatch_backend.referrals.enumerations import State
from emr.chart.queries.chart import (
    Allergies,
    CurrentMedicine,
    allergies_and_medicines_from,
    allergy_and_medicine_rows,
)
from emr.summaries.queries.lines import headline_rows, headlines_from, recent_entry_rows
from foundation.clock import now, today
from foundation.database.combined_query import CombinedQuery, Selects, together
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.delegations.queries import OtherPerson, other_people_from, represented_rows
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.grants.queries import OfferedRight, offered_rows, waiting_offers_from
from portal.dispatch.queries import DispatchHistory, history_from
from portal.notices.queries import NoticeCard, notice_rows, previous_visits
from portal.notices.rules import NoticeGroup, NoticeKind, grouped, is_new_study, notices_since
from portal.objections.queries import news_are_told


@dataclass(frozen=True, slots=True)
class Home:
    """What the page shows. `first_visit`: nobody came before, so that news are what happened lately.

    `represented` are those for whom the reader may act, or could until lately, `offered` the rights to act for somebody that wait for the reader's answer. `headlines` are the words of new entries, `referrals` those that news are of, `study_uids` the addresses of new images, `linked_at` the facilities where an account was linked.
    """

    dispatch: DispatchHistory
    upcoming: Sequence[ReferralCard]
    waiting: Sequence[ReferralCard]
    notices: Sequence[NoticeGroup[NoticeCard]]
    headlines: Mapping[UUID, BilingualText]
    referrals: Mapping[UUID, ReferralCard]
    study_uids: Mapping[UUID, str]
    linked_at: Mapping[UUID, FacilityCard]
    allergies: Allergies
    medicines: Sequence[CurrentMedicine]
    first_visit: bool
    represented: Sequence[OtherPerson]
    offered: Sequence[OfferedRight]


def home_of(session: ActorSession) -> Home:
    """The reader's own first page."""
    at = now()
    first_visit_after = notices_since(None, at=at)
    answer = HOME.fetch(session, first_visit_after=first_visit_after)
    history = history_from(answer)
    last_visit = answer.visits[0].began_at
    happened = [NoticeCard(*row) for row in answer.notices]
    if last_visit is None:
        happened += _unannounced(answer.recent, history, happened, after=first_visit_after, at=at)
    studies = _studies(session, happened)
    allergies, medicines = allergies_and_medicines_from(answer.standing)
    referrals = {each.id: each for each in history.referrals}
    return Home(
        dispatch=history,
        upcoming=history.upcoming(at),
        waiting=history.waiting,
        notices=grouped(
            [each for each in _still_so(happened, referrals) if _is_new(each, studies, last_visit)],
            kind_of=lambda each: each.kind,
        ),
        headlines=headlines_from(answer.headlines),
        referrals=referrals,
        study_uids={key: study.study_instance_uid for key, study in studies.items()},
        linked_at=facilities_from(answer.linked_at),
        allergies=allergies,
        medicines=medicines,
        first_visit=last_visit is None,
        represented=[each for each in other_people_from(answer.represented) if each.standing.told],
        offered=waiting_offers_from(answer.offered),
    )


def _home(session: ActorSession, *, first_visit_after: Any) -> Selects:
    patient_id = cast(UUID, session.actor.patient_id)
    visits = previous_visits(session)
    first_visit = visits.scalar_subquery().is_(None)
    recent = recent_entry_rows(session, patient_id, after=first_visit_after).where(first_visit).cte("recent")
    happened = notice_rows(session, func.coalesce(visits.scalar_subquery(), first_visit_after))
    notices = happened.where(news_are_told(session)).cte("happened")
    # Only entries have headlines, whatever else the news are of.
    accounts = select(notices.c.object_id).where(notices.c.kind == NoticeKind.ACCOUNT)
    own = {
        "visits": visits,
        "notices": select(notices),
        "recent": select(recent),
        "headlines": headline_rows(
            session, within=union(select(notices.c.object_id), select(recent.c.entry_id))
        ),
        "linked_at": facility_rows(accounts),
        "represented": represented_rows(),
        "offered": offered_rows(),
        "standing": allergy_and_medicine_rows(session, patient_id),
    }
    return together(patient_referral_selects(session, patient_id, with_steps=False), own)


HOME = CombinedQuery(_home)


def _unannounced(
    recent: Sequence[Any],
    history: DispatchHistory,
    announced: Sequence[NoticeCard],
    *,
    after: datetime,
    at: datetime,
) -> list[NoticeCard]:
    """What happened lately and was taken in before anybody listened: to a first visitor it is as new as the rest."""
    known = {each.object_id for each in announced}
    entries = [NoticeCard(NoticeKind.ENTRY, each.entry_id, each.effective_at) for each in recent]
    referrals = [
        NoticeCard(NoticeKind.REFERRAL, each.id, each.submitted_at)
        for each in history.referrals
        if each.submitted_at > after
    ]
    return [each for each in entries + referrals if each.object_id not in known and each.recorded_at <= at]


def _still_so(notices: Sequence[NoticeCard], referrals: Mapping[UUID, ReferralCard]) -> Iterator[NoticeCard]:
    """Without what has been overtaken: that somebody was referred, once it went on; a time that stands no more."""
    booked = set()
    for each in notices:
        referral = referrals.get(each.object_id)
        if each.kind is NoticeKind.REFERRAL and (referral is None or referral.state is not State.SUBMITTED):
            continue
        if each.kind is NoticeKind.BOOKING:
            # The newest comes first: only the last of several times is kept.
            if referral is None or referral.state is not State.BOOKED or each.object_id in booked:
                continue
            booked.add(each.object_id)
        yield each


def _studies(session: ActorSession, notices: Sequence[NoticeCard]) -> dict[UUID, StudyCard]:
    if session.actor.patient_id is None or not any(each.kind is NoticeKind.STUDY for each in notices):
        return {}
    return {study.id: study for study in studies_of(session, session.actor.patient_id)}


def _is_new(notice: NoticeCard, studies: Mapping[UUID, StudyCard], last_visit: datetime | None) -> bool:
    if notice.kind is not NoticeKind.STUDY:
        return True
    # Images that were given to somebody else meanwhile are no longer the reader's, nor is the news of them.
    study = studies.get(notice.object_id)
    return study is not None and is_new_study(study.started_on, last_visit=last_visit, today=today())
