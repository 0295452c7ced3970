"""The administrator keeps the registers: each change asks for a second factor and leaves its line in the audit.

The database notes every change of a post besides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func

from foundation import audit
from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from foundation.errors import BadInput, RuleBroken, Stale
from foundation.identifiers import new_id
from identity.administration.queries import (
    facility_to_change,
    live_posts_to_change,
    member_to_change,
    post_to_change,
)
from identity.facilities.enumerations import CENTER_CODE
from identity.facilities.queries import facility_by_code
from identity.facilities.rules import wrong_with_facility
from identity.facilities.tables import Facility
from identity.roles import Role
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor
from identity.staff.actions import known_by_columns
from identity.staff.queries import posts_held, staff_by_identifier
from identity.staff.rules import Span
from identity.staff.tables import FOREVER, StaffMember, StaffPost


@dataclass(frozen=True, slots=True)
class PostAsked:
    """A post as an administrator asks for it: from that day on, today at once; its last day belongs to it."""

    facility_id: UUID
    role: Role
    first_day: date
    last_day: date | None
    reason: str


def enter_member(session: ActorSession, row: Mapping[str, Any]) -> UUID:
    """Enter somebody whom the register does not know.

    Args:
        row: columns of the register by their names, with `snils` and `birth_date`.

    Raises:
        RuleBroken: the register knows them already.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    if staff_by_identifier(session, row["snils"]):
        raise RuleBroken("Somebody with this SNILS is in the register already. Look them up.")
    written = {name: value for name, value in row.items() if name not in ("snils", "birth_date")}
    member = StaffMember(id=new_id(), **written, **known_by_columns(row["snils"], row["birth_date"]))
    session.add(member)
    session.flush()
    _note(session, "staff_member.registered", member.id)
    return member.id


def change_member(session: ActorSession, member_id: UUID, *, version: int, told: Mapping[str, Any]) -> UUID:
    """Let the register say another name or position. Raises NotFound, Stale."""
    require_second_factor(session, Occasion.ADMINISTRATION)
    member = member_to_change(session, member_id)
    _change(session, member, version, told, act="staff_member.changed")
    return member_id


def enter_facility(session: ActorSession, row: Mapping[str, Any]) -> UUID:
    """Enter a facility that the register does not know.

    Raises:
        BadInput: it would be a second Dispatching Center.
        RuleBroken: the register knows its code already.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    if facility_by_code(session, row["code"]):
        raise RuleBroken("There is a facility with this code already.")
    if wrong_with_facility(row):
        raise _one_center()
    facility = Facility(id=new_id(), **row)
    session.add(facility)
    session.flush()
    _note(session, "facility.registered", facility.id)
    return facility.id


def change_facility(
    session: ActorSession, facility_id: UUID, *, version: int, told: Mapping[str, Any]
) -> UUID:
    """Let the register say other things of it. Raises NotFound, Stale, BadInput."""
    require_second_factor(session, Occasion.ADMINISTRATION)
    facility = facility_to_change(session, facility_id)
    if wrong_with_facility({**told, "code": facility.code}):
        raise _one_center()
    _change(session, facility, version, told, act="facility.changed")
    return facility_id


def close_facility(session: ActorSession, facility_id: UUID, *, version: int, reason: str) -> UUID:
    """It takes part no more: every post there ends at once, and so does whatever its people have open.

    Raises:
        NotFound: there is none.
        RuleBroken: it is the Dispatching Center, or a post there is the actor's own.
        Stale: somebody has changed it meanwhile.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    facility = facility_to_change(session, facility_id)
    if facility.code == CENTER_CODE:
        raise RuleBroken("Without the Dispatching Center nobody would be dispatched.")
    _change(session, facility, version, {"connected": False}, act="facility.closed", reason=reason)
    for post in live_posts_to_change(session, facility_id):
        _end(session, post, None, reason)
    return facility_id


def reopen_facility(session: ActorSession, facility_id: UUID, *, version: int) -> UUID:
    """It takes part again; posts there are given anew. Raises NotFound, Stale."""
    require_second_factor(session, Occasion.ADMINISTRATION)
    facility = facility_to_change(session, facility_id)
    _change(session, facility, version, {"connected": True}, act="facility.reopened")
    return facility_id


def give_post(session: ActorSession, member_id: UUID, asked: PostAsked) -> UUID:
    """Let somebody act in a role at a facility.

    Raises:
        NotFound: nobody is known so, or no such facility.
        RuleBroken: they are the actor, hold it at that time already, or the facility takes no part.
        BadInput: it would begin in the past, or end before it begins.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    member_to_change(session, member_id)
    if not facility_to_change(session, asked.facility_id).connected:
        raise RuleBroken("This facility takes no part in the system. Reopen it first.")
    _refuse_own(session, member_id)
    span = _span(asked.first_day, asked.last_day)
    held = [each for each in posts_held(session, [(member_id, asked.facility_id)]) if each.role is asked.role]
    if any(span.meets(each.span) for each in held):
        raise RuleBroken("This post is held already at that time. Change the end of that one.")
    at_once: Any = func.now() if asked.first_day == today() else span.since
    post = StaffPost(
        id=new_id(),
        staff_id=member_id,
        facility_id=asked.facility_id,
        role=asked.role,
        began_at=at_once,
        ends_at=FOREVER if span.until is None else span.until,
        reason=asked.reason,
    )
    session.add(post)
    session.flush()
    _note(session, "staff_post.given", post.id, asked.reason)
    return post.id


def change_post_end(
    session: ActorSession, post_id: UUID, *, version: int, last_day: date | None, reason: str
) -> UUID:
    """Let a post end at once, or with that day.

    Raises:
        NotFound: there is none.
        RuleBroken: it is the actor's own, or has ended.
        BadInput: the day has passed, or the post begins after it.
        Stale: somebody has changed it meanwhile.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    post = post_to_change(session, post_id)
    _refuse_own(session, post.staff_id)
    if post.version != version:
        raise _changed_meanwhile()
    if post.ends_at <= now():
        raise RuleBroken("This post has ended. Give a new one.")
    _end(session, post, last_day, reason)
    return post_id


def _end(session: ActorSession, post: StaffPost, last_day: date | None, reason: str) -> None:
    _refuse_own(session, post.staff_id)
    ends_at: Any = func.greatest(func.now(), post.began_at)
    if last_day is not None:
        ends_at = _midnight_after(last_day)
        if last_day < today() or ends_at <= post.began_at:
            raise BadInput("The last day is not before today, nor before the post begins.")
    post.ends_at, post.reason = ends_at, reason
    session.flush()
    _note(session, "staff_post.changed", post.id, reason)


def _span(first: date, last: date | None) -> Span:
    if first < today():
        raise BadInput("A post is given from today on, or from a later day.")
    if last is not None and last < first:
        raise BadInput("The last day is before the first.")
    since = now() if first == today() else datetime.combine(first, time.min, zone())
    return Span(since, None if last is None else _midnight_after(last))


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone())


def _refuse_own(session: ActorSession, member_id: UUID) -> None:
    if member_id == session.actor.staff_id:
        raise RuleBroken("These are your own posts. Another administrator gives and ends them.")


def _change(
    session: ActorSession,
    row: Facility | StaffMember,
    version: int,
    told: Mapping[str, Any],
    *,
    act: str,
    reason: str = "",
) -> None:
    if row.version != version:
        raise _changed_meanwhile()
    for name, value in told.items():
        setattr(row, name, value)
    session.flush()
    _note(session, act, row.id, reason)


def _changed_meanwhile() -> Stale:
    return Stale("Somebody else has changed this meanwhile. Look at it again.")


def _one_center() -> BadInput:
    return BadInput("There is one Dispatching Center, and it stays one. Choose another kind and code.")


def _note(session: ActorSession, act: str, object_id: UUID, reason: str = "") -> None:
    kind = act.partition(".")[0]
    audit.record(session, act=act, patient_id=None, object_kind=kind, object_id=object_id, reason=reason)
