"""What the queue can be narrowed to, and the condition of each choice: the page and its numbers ask by the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, not_, or_

from dispatch_backend.referrals.enumerations import State
from dispatch_backend.services.enumerations import Priority
from dispatch_backend.worklist.rules import NextStep


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the dispatcher wants to see; empty means everything open. `booked`: with a slot, or without one."""

    service_code: str = ""
    priority: Priority | None = None
    from_facility_id: UUID | None = None
    step: NextStep | None = None
    booked: bool | None = None
    overdue: bool = False


def conditions(
    referrals: Any, wanted: QueueFilter, moment: Any, *, values: Any = None
) -> Iterator[ColumnElement[bool]]:
    """What holds for a referral that is wanted.

    Args:
        referrals: the columns of open ones.
        values: stand-ins for the service and the facility, where a statement is made once for all of them.
    """
    for column in (referrals.service_code, referrals.from_facility_id):
        if column.key in (values or {}):
            yield column == values[column.key]
    if wanted.priority:
        yield referrals.priority == wanted.priority
    if wanted.step:
        yield _needs(referrals, wanted.step, moment)
    if wanted.booked is not None:
        yield _booked(referrals) if wanted.booked else not_(_booked(referrals))
    if wanted.overdue:
        yield _overdue(referrals, moment)


def awaits_visit(referrals: Any, moment: Any) -> ColumnElement[bool]:
    """A booked referral is next acted upon at the end of its visit."""
    return and_(_booked(referrals), referrals.next_action_due > moment)


def _booked(referrals: Any) -> ColumnElement[bool]:
    booked: ColumnElement[bool] = referrals.state == State.BOOKED
    return booked


def _needs(referrals: Any, step: NextStep, moment: Any) -> ColumnElement[bool]:
    needs: dict[NextStep, ColumnElement[bool]] = {
        NextStep.BOOK: referrals.state == State.SUBMITTED,
        NextStep.BOOK_AGAIN: referrals.state == State.NO_SHOW,
        NextStep.AWAIT_VISIT: awaits_visit(referrals, moment),
        NextStep.RECORD_OUTCOME: and_(_booked(referrals), referrals.next_action_due <= moment),
    }
    return needs[step]


def _overdue(referrals: Any, moment: Any) -> ColumnElement[bool]:
    """rules.deadline, said in SQL: whoever waits is late after the legal day, whoever is booked if the visit is."""
    waits_late = and_(not_(_booked(referrals)), referrals.due_at <= moment)
    return or_(waits_late, and_(_booked(referrals), referrals.next_action_due > referrals.due_at))
