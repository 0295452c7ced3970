"""Who did what with a record: the audit rows that name the patient, every one of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from dispatch_backend.queries import FORMER_ACTS
from emr.queries import headlines_of
from foundation.actor import ActorKind
from foundation.audit import AuditEvent
from foundation.bilingual import BilingualText
from foundation.clock import zone
from foundation.database import ActorSession
from identity.queries import FacilityCard, StaffCard, access, facility_cards, staff_cards
from portal.rules.access import AuditedAct, PersonsDay, Whose, persons_days

PAGE = 200


@dataclass(frozen=True, slots=True)
class AccessLog:
    """A page of acts by day and person; where older ones begin (None at the end); how many there are of whom.

    `headlines` are the words of the entries that were opened, as far as they are signed.
    """

    days: list[PersonsDay]
    staff: Mapping[UUID, StaffCard]
    facilities: Mapping[UUID, FacilityCard]
    headlines: Mapping[UUID, BilingualText]
    next_before: int | None
    others_count: int
    own_count: int


def access_log_of(session: ActorSession, *, whose: Whose, before: int | None) -> AccessLog:
    """Acts on the reader's own record, the newest first.

    Args:
        before: `next_before` of the page before.
    """
    acts = acts_on(session, whose=whose, before=before, limit=PAGE + 1)
    shown = acts[:PAGE]
    own_count, count = _counts(session)
    return AccessLog(
        days=persons_days(shown),
        staff=staff_cards(session, [act.staff_id for act in shown]),
        facilities=facility_cards(
            session,
            [act.facility_id for act in shown]
            + [act.object_id for act in shown if act.object_kind == "facility"],
        ),
        headlines=_headlines(session, shown),
        next_before=shown[-1].id if len(acts) > PAGE else None,
        others_count=count - own_count,
        own_count=own_count,
    )


def acts_on(
    session: ActorSession, *, whose: Whose, before: int | None = None, limit: int
) -> list[AuditedAct]:
    """Audit rows about the reader, the newest first. Rows are numbered as they are written."""
    asked = select(AuditEvent).where(_about(session))
    if whose is Whose.OWN:
        asked = asked.where(_own())
    elif whose is Whose.OTHERS:
        asked = asked.where(~_own())
    if before is not None:
        asked = asked.where(AuditEvent.id < before)
    rows = session.scalars(asked.order_by(AuditEvent.id.desc()).limit(limit))
    return [_act(row) for row in rows]


def _headlines(session: ActorSession, acts: Sequence[AuditedAct]) -> dict[UUID, BilingualText]:
    entries = {act.object_id for act in acts if act.object_kind == "entry" and act.object_id}
    return headlines_of(session, entries)


def _counts(session: ActorSession) -> tuple[int, int]:
    row = session.execute(
        select(func.count().filter(_own()), func.count()).select_from(AuditEvent).where(_about(session))
    ).one()
    return row[0], row[1]


def _about(session: ActorSession) -> ColumnElement[bool]:
    own = AuditEvent.patient_id == session.actor.patient_id
    return own & access.readable_by(session, AuditEvent.patient_id)


def _own() -> ColumnElement[bool]:
    """The patient's own acts: as a citizen, never as the member of staff who they may be too."""
    return AuditEvent.actor_kind == ActorKind.CITIZEN.value


def _act(row: AuditEvent) -> AuditedAct:
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
