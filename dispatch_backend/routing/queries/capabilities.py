"""Whom facilities may serve: asked of every slot that is offered, and told where one is not."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Date, FromClause, cast, func, or_, select
from sqlalchemy.dialects.postgresql import TIMESTAMP, distinct_on

from dispatch_backend.capacity.tables import Slot
from dispatch_backend.routing.tables import Capability
from foundation.database.transactions import ActorSession
from identity.people.enumerations import AdministrativeGender

ONE_DAY = func.make_interval(0, 0, 0, 1)


def limits_of(referral: FromClause, patient: FromClause, zone: Any) -> CTE:
    """Of each facility of which something is told for the referral's service: from when until when it may serve the patient.

    A row for each licence: `facility_id`; `licensed_from`, `licensed_to` (days); `old_enough_on` and `too_old_on` (days);
    `sex_suits`; `begins_at` and `ends_at`, the moments between which all of it holds.

    Args:
        patient: the referral's, if the reader may know them: a row of `patient_rows`, fetched for the page anyway.
        zone: the name of the region's zone, by whose clocks a day begins.
    """
    known: Any = referral.c
    newest = (
        select(Capability)
        .where(Capability.service_code == select(known.code).scalar_subquery())
        .order_by(Capability.facility_id, Capability.valid_from, Capability.version.desc())
        .ext(distinct_on(Capability.facility_id, Capability.valid_from))
        .subquery()
    )
    told, whose = newest.c, patient.c
    birth, sex = (select(each).scalar_subquery() for each in (whose.birth_date, whose.sex))
    old_enough = cast(birth + func.make_interval(told.age_from), Date)
    too_old = cast(birth + func.make_interval(told.age_to + 1), Date)
    # Of whom no sex is known, nobody is turned away for it.
    unknown = [AdministrativeGender.OTHER, AdministrativeGender.UNKNOWN]
    rows: Any = select(
        told.facility_id,
        told.valid_from.label("licensed_from"),
        told.valid_to.label("licensed_to"),
        old_enough.label("old_enough_on"),
        too_old.label("too_old_on"),
        or_(told.sex.is_(None), told.sex == sex, sex.in_(unknown)).label("sex_suits"),
        _midnight(func.greatest(told.valid_from, old_enough), zone).label("begins_at"),
        _midnight(func.least(cast(told.valid_to + ONE_DAY, Date), too_old), zone).label("ends_at"),
    )
    limits: CTE = rows.select_from(newest).cte("limits").prefix_with("MATERIALIZED", dialect="postgresql")
    return limits


def may_serve(limits: CTE) -> ColumnElement[bool]:
    """Of a slot: that its facility may serve the patient then."""
    limited = select(limits.c.facility_id)
    suits = (
        select(limits.c.facility_id)
        .where(
            limits.c.facility_id == Slot.facility_id,
            limits.c.sex_suits,
            Slot.starts_at >= limits.c.begins_at,
            Slot.starts_at < limits.c.ends_at,
        )
        .exists()
    )
    return or_(Slot.facility_id.not_in(limited), suits)


def entered_capabilities(
    session: ActorSession, facility_ids: Iterable[UUID]
) -> dict[tuple[Any, ...], Capability]:
    """The newest word of each licence of these facilities."""
    known = (Capability.facility_id, Capability.service_code, Capability.valid_from)
    newest = (
        select(Capability)
        .where(Capability.facility_id.in_(set(facility_ids)))
        .order_by(*known, Capability.version.desc())
        .ext(distinct_on(*known))
    )
    return {(each.facility_id, each.service_code, each.valid_from): each for each in session.scalars(newest)}


def _midnight(day: Any, zone: Any) -> Any:
    """The moment at which a day begins in the region."""
    return func.timezone(zone, cast(day, TIMESTAMP(timezone=False)))
