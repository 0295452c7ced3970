"""Who did what with a record: the audit rows that name the patient, every one of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, cast, func, literal, or_, select, union, union_all

from archive_gateway.studies.queries.studies import StudyName, study_name_rows, study_names_from
from dispatch_backend.bookings.queries.referral_cards import referral_name_rows, referral_names_from
from dispatch_backend.referrals.enumerations import FORMER_ACTS
from emr.hidings.enumerations import OpenThough
from emr.hidings.queries import HiddenSpan, hidden_author_rows, hidden_span_rows, hidden_spans_from
from emr.summaries.queries.lines import entry_is_open, headline_rows, headlines_from
from foundation.actor import ActorKind
from foundation.audit import AuditEvent
from foundation.clock import zone
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.access import queries as access
from identity.access.enumerations import CareBasis, Thing
from identity.closures.queries import (
    ClosedSpan,
    care_before_closing_rows,
    closed_span_rows,
    closed_spans_from,
)
from identity.delegations.queries import OtherPerson, delegate_rows, other_people_from
from identity.emergencies.queries import emergency_rows
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.legal_openings.queries import OpeningCard as LegalOpeningCard
from identity.legal_openings.queries import legal_opening_rows
from identity.legal_openings.queries import openings_from as legal_openings_from
from identity.merges.queries import joined_records
from identity.shares.queries import OpeningCard, by_opening, opening_rows, openings_from
from identity.staff.queries import StaffCard, staff_from, staff_rows
from portal.access_log.enumerations import Accessed, AccessLogFilter
from portal.access_log.rules import (
    NOUNS,
    AuditedAct,
    CareSpan,
    DailyAccess,
    access_by_person_and_day,
    care_behind,
    open_though_hidden,
)

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWanted:
    """Which acts a reader wants to see; what is None narrows nothing.

    Attributes:
        person_id: the one member of staff whose acts are shown.
        first_day, last_day: of the region, both included.
        before: `next_before` of the page before.
        act_id: the one act that is shown.
    """

    shown: AccessLogFilter = AccessLogFilter.OTHERS
    thing: Accessed | None = None
    person_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None
    before: int | None = None
    act_id: int | None = None

    @property
    def narrows(self) -> bool:
        """Whether less is shown than all acts of those whose acts are shown."""
        return bool(self.thing or self.person_id or self.first_day or self.last_day)

    @property
    def values(self) -> dict[str, Any]:
        """What is filled into the statement."""
        filled: dict[str, Any] = {
            "before": self.before,
            "person": self.person_id,
            "act_id": self.act_id,
        }
        if self.first_day:
            filled["began_at"] = datetime.combine(self.first_day, time(0), tzinfo=zone())
        if self.last_day:
            filled["ended_at"] = datetime.combine(self.last_day + timedelta(days=1), time(0), tzinfo=zone())
        return {name: value for name, value in filled.items() if value is not None}


@dataclass(frozen=True, slots=True)
class AccessLog:
    """A page of acts, and by day and person; where older ones begin (None at the end); how many there are of whom.

    `headlines` are the words of the entries that were opened, as far as they are signed; `studies` and `referrals` those
    of the images and referrals. `people` are all members of staff who ever did something, `care` is who cared when,
    `delegates` are those who act for the reader, or did, by their right; `openings` are those of the reader's links;
    `closed` is when the record was closed to whom, `hidden` when which entry was; `law` is what the region's law opened beyond care.
    """

    acts: list[AuditedAct]
    days: list[DailyAccess]
    people: Sequence[StaffCard]
    staff: Mapping[UUID, StaffCard]
    facilities: Mapping[UUID, FacilityCard]
    headlines: Mapping[UUID, BilingualText]
    studies: Mapping[UUID, StudyName]
    referrals: Mapping[UUID, BilingualText]
    care: Sequence[CareSpan]
    delegates: Mapping[UUID, OtherPerson]
    openings: Mapping[UUID, OpeningCard]
    closed: Sequence[ClosedSpan]
    hidden: Sequence[HiddenSpan]
    law: Sequence[LegalOpeningCard]
    next_before: int | None
    others_count: int
    own_count: int

    def care_behind(self, acts: Sequence[AuditedAct]) -> list[CareBasis]:
        """Why these acts of one person were allowed: the care of their facility, or their own, at that time."""
        return care_behind(acts, self.care)

    def law_behind(self, acts: Sequence[AuditedAct]) -> list[LegalOpeningCard]:
        """Where no care is known to have allowed these acts of one person: what the region's law opened to them at that time, each law
        once.
        """
        first = acts[0]
        if first.actor_kind != ActorKind.STAFF or self.care_behind(acts):
            return []
        opened = [
            each
            for each in self.law
            if any(each.opened(to_role=first.role, facility_id=first.facility_id, at=act.at) for act in acts)
        ]
        return list({each.basis: each for each in reversed(opened)}.values())[::-1]

    def although_closed(self, acts: Sequence[AuditedAct]) -> bool:
        """Whether the reader had closed the record to the facility of these acts when one of them was done."""
        place = acts[0].facility_id
        return any(
            each.facility_id == place and any(each.covers(act.at) for act in acts) for each in self.closed
        )

    def although_hidden(self, acts: Sequence[AuditedAct]) -> list[OpenThough]:
        """Why entries that these acts of one member of staff opened were open although the reader had hidden them then."""
        found = {
            why
            for act in acts
            for each in self.hidden
            if act.staff_id and act.object_id == each.entry_id and each.covers(act.at)
            for why in open_though_hidden(act, each.authors, self.care_behind([act]))
        }
        return sorted(found, key=list(OpenThough).index)


def access_log_of(session: ActorSession, wanted: AccessWanted, *, page: int = PAGE) -> AccessLog:
    """Acts on the reader's own record, the newest first."""
    answer = LOG.fetch(session, wanted.shown, wanted.thing, page + 1, **wanted.values)
    acts = [_act(row) for row in answer.acts]
    on_page = acts[:page]
    staff = staff_from(answer.staff)
    own_count = sum(each.count for each in answer.counts if each.own)
    known = [staff[each.staff_id] for each in answer.counts if each.staff_id in staff]
    return AccessLog(
        acts=on_page,
        days=access_by_person_and_day(on_page),
        people=sorted(dict.fromkeys(known), key=lambda each: str(each.full_name)),
        staff=staff,
        facilities=facilities_from(answer.facilities),
        headlines=headlines_from(answer.headlines),
        studies=study_names_from(answer.studies),
        referrals=referral_names_from(answer.referrals),
        care=[CareSpan(*row) for row in (*answer.care, *answer.care_before)]
        + [
            CareSpan(row.facility_id, CareBasis.EMERGENCY, row.began_at, row.ends_at, row.staff_id)
            for row in answer.emergencies
        ],
        delegates={each.delegation_id: each for each in other_people_from(answer.delegates)},
        openings=by_opening(openings_from(answer.openings)),
        closed=closed_spans_from(answer.closed),
        hidden=hidden_spans_from(answer.hidden, answer.hidden_authors),
        law=legal_openings_from(answer.law),
        next_before=on_page[-1].id if len(acts) > page else None,
        others_count=sum(each.count for each in answer.counts) - own_count,
        own_count=own_count,
    )


def access_to(session: ActorSession, act_id: int) -> AccessLog:
    """One act on the reader's own record, as a list of none or one."""
    return access_log_of(session, AccessWanted(shown=AccessLogFilter.EVERYONE, act_id=act_id))


def acts_on(session: ActorSession, *, shown: AccessLogFilter, limit: int) -> list[AuditedAct]:
    """Audit rows about the reader, the newest first. Rows are numbered as they are written."""
    return [_act(row) for row in ACTS.fetch(session, shown, None, limit).acts]


def _acts(
    session: ActorSession, shown: AccessLogFilter, thing: Accessed | None, limit: int, **values: Any
) -> Select[Any]:
    rows: Any = select(
        AuditEvent.id,
        AuditEvent.at,
        AuditEvent.actor_kind,
        AuditEvent.staff_id,
        AuditEvent.facility_id,
        AuditEvent.role,
        AuditEvent.delegation_id,
        AuditEvent.share_opening_id,
        AuditEvent.act,
        AuditEvent.object_kind,
        AuditEvent.object_id,
        # What staff wrote in words of their own, as of an emergency, may betray what is closed to a parent.
        literal("").label("reason") if session.actor.hidden_labels else AuditEvent.reason,
    )
    if shown is not AccessLogFilter.EVERYONE:
        rows = rows.where(_own() if shown is AccessLogFilter.OWN else ~_own())
    rows = rows.where(*_narrowed(thing, **values))
    # The newest of each record are found by its index; what was joined with the own one is hardly ever anything.
    newest = [
        select(rows.where(about).order_by(AuditEvent.id.desc()).limit(limit).subquery())
        for about in (_about(session), _about_joined(session))
    ]
    both = union_all(*newest).subquery()
    acts: Select[Any] = select(both).order_by(both.c.id.desc()).limit(limit)
    return acts


def _narrowed(thing: Accessed | None, **values: Any) -> Iterator[ColumnElement[bool]]:
    if "before" in values:
        yield AuditEvent.id < values["before"]
    if "began_at" in values:
        yield AuditEvent.at >= values["began_at"]
    if "ended_at" in values:
        yield AuditEvent.at < values["ended_at"]
    if "act_id" in values:
        yield AuditEvent.id == values["act_id"]
    if "person" in values:
        yield AuditEvent.staff_id == values["person"]
    if thing is not None:
        noun = func.split_part(AuditEvent.act, ".", 1)
        elsewhere = [each for nouns in NOUNS.values() for each in nouns]
        yield noun.in_(NOUNS[thing]) if thing in NOUNS else noun.not_in(elsewhere)


def _log(
    session: ActorSession, shown: AccessLogFilter, thing: Accessed | None, limit: int, **values: Any
) -> Selects:
    acts = _acts(session, shown, thing, limit, **values).cte("acts")

    def objects(kind: str) -> Select[Any]:
        return select(acts.c.object_id).where(acts.c.object_kind == kind)

    counts = _counts(session).cte("counts")
    return {
        "acts": select(acts).order_by(acts.c.id.desc()),
        "counts": select(counts),
        "staff": staff_rows(union(select(acts.c.staff_id), select(counts.c.staff_id))),
        "facilities": facility_rows(union(select(acts.c.facility_id), objects("facility"))),
        "headlines": headline_rows(session, within=objects("entry")),
        "studies": study_name_rows(session, within=objects("study")),
        "referrals": referral_name_rows(session, within=objects("referral")),
        "care": access.care_rows(session),
        "care_before": care_before_closing_rows(session),
        "closed": closed_span_rows(session),
        "hidden": hidden_span_rows(session),
        "hidden_authors": hidden_author_rows(session),
        "law": legal_opening_rows(),
        "emergencies": emergency_rows(session),
        "delegates": delegate_rows(),
        "openings": opening_rows(session),
    }


def _counts(session: ActorSession) -> Select[Any]:
    """How much who ever did, told by the index alone."""
    own, staff_id = _own().label("own"), AuditEvent.staff_id
    rows: Any = select(own, staff_id, func.count().label("count")).group_by(own, staff_id)
    counted = [rows.where(about) for about in (_about(session), _about_joined(session))]
    both = union_all(*counted).subquery()
    counts: Any = select(both.c.own, both.c.staff_id, cast(func.sum(both.c.count), Integer).label("count"))
    told: Select[Any] = counts.group_by(both.c.own, both.c.staff_id)
    return told


LOG = CombinedQuery(_log)
ACTS = CombinedQuery(lambda session, *shape, **values: {"acts": _acts(session, *shape, **values)})


def _about(session: ActorSession) -> ColumnElement[bool]:
    own = AuditEvent.patient_id == session.actor.patient_id
    return _told(session, own & access.readable_by(session, Thing.ACCESS_LOG, AuditEvent.patient_id))


def _about_joined(session: ActorSession) -> ColumnElement[bool]:
    """What was done with records that were joined into the own one: rows of the audit never move."""
    return _told(session, AuditEvent.patient_id.in_(joined_records()))


def _told(session: ActorSession, readable: ColumnElement[bool]) -> ColumnElement[bool]:
    if not session.actor.hidden_labels:
        return readable
    # What a parent may not read, the list does not betray either.
    of_entry = AuditEvent.object_kind == "entry"
    of_team = func.split_part(AuditEvent.act, ".", 1) == "team"
    return readable & ~of_team & or_(~of_entry, entry_is_open(session, AuditEvent.object_id))


def act_is_told(session: ActorSession, act_id: Any) -> ColumnElement[bool]:
    """That the act which a column names stands in the reader's list."""
    asked: Select[Any] = select(AuditEvent.id).where(AuditEvent.id == act_id)
    return or_(*(asked.where(about).exists() for about in (_about(session), _about_joined(session))))


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
        delegation_id=row.delegation_id,
        share_opening_id=row.share_opening_id,
        act=FORMER_ACTS.get(row.act, row.act),
        object_kind=row.object_kind,
        object_id=row.object_id,
        reason=row.reason,
        kept_act=row.act,
    )
