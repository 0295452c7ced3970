"""When a slot may be booked for a referral, and when what happened to the booking may be told."""

from collections.abc import Container, Iterable
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple
from uuid import UUID

from dispatch_backend.bookings.enumerations import BookingState
from dispatch_backend.services.enumerations import Priority
from foundation.errors import NotAllowed, RuleBroken
from foundation.language.bilingual import BilingualText
from identity.roles import Role

# Patients need time to travel, so a slot about to start is offered to emergencies only.
SHORTEST_NOTICE = timedelta(hours=2)


class Visit(NamedTuple):
    """Where somebody is expected, and when, as the clock of the region tells it (14:05)."""

    resource: BilingualText
    place: BilingualText
    begins: str
    ends: str


def notice_for(priority: Priority) -> timedelta:
    """How far ahead a slot must lie."""
    return timedelta(0) if priority is Priority.EMERGENCY else SHORTEST_NOTICE


def require_bookable(
    *, same_service: bool, taken: bool, starts_at: datetime, priority: Priority, at: datetime
) -> None:
    """Refuse unless the slot is for what the referral asks for, free and far enough ahead."""
    if not same_service:
        raise RuleBroken("This slot is for another service.")
    if taken:
        raise RuleBroken("Someone has just taken this slot.")
    if starts_at <= at or starts_at - at < notice_for(priority):
        raise RuleBroken("This slot starts too soon to be booked.")


def require_patient_free(visits: Iterable[Visit]) -> None:
    """Refuse while the patient is expected somewhere else.

    Args:
        visits: those that overlap the time that is wanted. One that ends as it begins does not.
    """
    for visit in visits:
        raise RuleBroken(
            "The patient has a visit at that time: %(resource)s, %(place)s, %(begins)s–%(ends)s.",
            resource=visit.resource,
            place=visit.place,
            begins=visit.begins,
            ends=visit.ends,
        )


def require_begun(*, starts_at: datetime, at: datetime) -> None:
    """Refuse to tell the outcome of a visit that has not begun."""
    if at < starts_at:
        raise RuleBroken("The visit has not begun yet: its outcome cannot be recorded.")


def require_not_begun(*, starts_at: datetime, at: datetime) -> None:
    """Refuse to move a visit whose time has come: how it went is to be told."""
    if at >= starts_at:
        raise RuleBroken("The visit has begun: record its outcome.")


def require_day(*, starts_at: datetime, at: datetime, zone: tzinfo) -> None:
    """Refuse to note somebody as arrived on a day before that of the visit."""
    if at.astimezone(zone).date() < starts_at.astimezone(zone).date():
        raise RuleBroken("The day of the visit has not come yet.")


def require_state(state: BookingState, *, among: Container[BookingState]) -> None:
    """Refuse a step that leads nowhere from where the booking stands."""
    if state not in among:
        raise RuleBroken("The booking has moved on meanwhile: this step is no longer possible.")


def require_not_arrived(state: BookingState) -> None:
    """Refuse to tell that somebody did not come who is noted as arrived."""
    if state is BookingState.ARRIVED:
        raise RuleBroken(
            "The patient is noted as arrived. If that is a mistake, a dispatcher has to take it back first."
        )


def require_own_visit(role: str, *, actor_facility_id: UUID | None, visit_facility_id: UUID) -> None:
    """Refuse a doctor of another place: only where the patient was expected is it known whether they came."""
    if role == Role.DOCTOR and actor_facility_id != visit_facility_id:
        raise NotAllowed("Other members of staff do this step.")
