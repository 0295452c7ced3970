"""Who did what with a record: the audit rows that name the patient, every one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, union

from archive_gateway.studies.queries.studies import StudyName, study_name_rows, study_names_from
from dispatch_backend.bookings.queries.referral_cards import referral_name_rows, referral_names_from
from dispatch_backend.referrals.enumerations import FORMER_ACTS
from emr.summaries.queries.lines import headline_rows, headlines_from
from foundation.actor import ActorKind
from foundation.audit import AuditEvent
from foundation.clock import zone
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.staff.queries import StaffCard, staff_from, staff_rows
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.rules import AuditedAct, DailyAccess, access_by_person_and_day

PAGE = 200


@dataclass(frozen=True, slots=True)
class AccessLog:
    """A page of acts by day and person; where older ones begin (None at the end); how many there are of whom.

    `headlines` are the words of the entries that were opened, as far as they are signed; `studies` and `referrals` those
    of the images and referrals.
    """

    days: list[DailyAccess]
    staff: Mapping[UUID, StaffCard]
    facilities: Mapping[UUID, FacilityCard]
    headlines: Mapping[UUID, BilingualText]
    studies: Mapping[UUID, StudyName]
    referrals: Mapping[UUID, BilingualText]
    next_before: int | None
    others_count: int
    own_count: int


def access_log_of(
    session: ActorSession, *, shown: AccessLogFilter, before: int | None, on: date | None = None
) -> AccessLog:
    """Acts on the reader's own record, the newest first.

    Args:
        on: the day of the region to which they are narrowed.
        before: `next_before` of the page before.
    """
    answer = LOG.fetch(session, shown, PAGE + 1, **_place(before), **_day(on))
    acts = [_act(row) for row in answer.acts]
    on_page, (counts,) = acts[:PAGE], answer.counts
    return AccessLog(
        days=access_by_person_and_day(on_page),
        staff=staff_from(answer.staff),
        facilities=facilities_from(answer.facilities),
        headlines=headlines_from(answer.headlines),
        studies=study_names_from(answer.studies),
        referrals=referral_names_from(answer.referrals),
        next_before=on_page[-1].id if len(acts) > PAGE else None,
        others_count=counts.every - counts.own,
        own_count=counts.own,
    )


def acts_on(
    session: ActorSession, *, shown: AccessLogFilter, before: int | None = None, limit: int
) -> list[AuditedAct]:
    """Audit rows about the reader, the newest first. Rows are numbered as they are written."""
    return [_act(row) for row in ACTS.fetch(session, shown, limit, **_place(before)).acts]


def _place(before: int | None) -> dict[str, int]:
    return {} if before is None else {"before": before}


def _day(on: date | None) -> dict[str, datetime]:
    if on is None:
        return {}
    began_at = datetime.combine(on, time(0), tzinfo=zone())
    return {"began_at": began_at, "ended_at": began_at + timedelta(days=1)}


def _acts(session: ActorSession, shown: AccessLogFilter, limit: int, **values: Any) -> Select[Any]:
    rows: Any = select(
        AuditEvent.id,
        AuditEvent.at,
        AuditEvent.actor_kind,
        AuditEvent.staff_id,
        AuditEvent.facility_id,
        AuditEvent.role,
        AuditEvent.act,
        AuditEvent.object_kind,
        AuditEvent.object_id,
        AuditEvent.reason,
    )
    asked = rows.where(_about(session))
    if shown is not AccessLogFilter.EVERYONE:
        asked = asked.where(_own() if shown is AccessLogFilter.OWN else ~_own())
    if "before" in values:
        asked = asked.where(AuditEvent.id < values["before"])
    if "began_at" in values:
        asked = asked.where(AuditEvent.at >= values["began_at"], AuditEvent.at < values["ended_at"])
    acts: Select[Any] = asked.order_by(AuditEvent.id.desc()).limit(limit)
    return acts


def _log(session: ActorSession, shown: AccessLogFilter, limit: int, **values: Any) -> Selects:
    acts = _acts(session, shown, limit, **values).cte("acts")

    def objects(kind: str) -> Select[Any]:
        return select(acts.c.object_id).where(acts.c.object_kind == kind)

    counts: Any = select(func.count().filter(_own()).label("own"), func.count().label("every"))
    return {
        "acts": select(acts).order_by(acts.c.id.desc()),
        "counts": counts.select_from(AuditEvent).where(_about(session)),
        "staff": staff_rows(select(acts.c.staff_id)),
        "facilities": facility_rows(union(select(acts.c.facility_id), objects("facility"))),
        "headlines": headline_rows(session, within=objects("entry")),
        "studies": study_name_rows(session, within=objects("study")),
        "referrals": referral_name_rows(session, within=objects("referral")),
    }


LOG = CombinedQuery(_log)
ACTS = CombinedQuery(lambda session, *shape, **values: {"acts": _acts(session, *shape, **values)})


def _about(session: ActorSession) -> ColumnElement[bool]:
    own = AuditEvent.patient_id == session.actor.patient_id
    return own & access.readable_by(session, AuditEvent.patient_id)


def _own() -> ColumnElement[bool]:
    """The patient's own acts: as a citizen, never as the member of staff who they may be too."""
    return AuditEvent.actor_kind == ActorKind.CITIZEN.value


def _act(row: Any) -> AuditedAct:
    return AuditedAct(
        id=row.id,
        at=row.at,
        day=row.at.astimezone(zone()).date(),
        actor_kind=row.actor_kind,
        staff_id=row.staff_id,
        facility_id=row.facility_id,
        role=row.role,
        act=FORMER_ACTS.get(row.act, row.act),
        object_kind=row.object_kind,
        object_id=row.object_id,
        reason=row.reason,
    )
