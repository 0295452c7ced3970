"""Care that referrals of the past brought with them, and when it ended or will: by the same rule as of those of today."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from uuid import UUID

from dispatch_backend.bookings.rules.care import AFTER_VISIT
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.referrals.rules.care import dispatching_until
from identity.access.actions import HistoricalCare
from identity.access.enumerations import CareBasis

# Later than any other end.
FURTHER_NOTICE = datetime.max.replace(tzinfo=UTC)
CLOSING = frozenset({Act.SERVED, Act.REVOKED})
GIVING_UP = frozenset({Act.BOOKING_CANCELLED, Act.REVOKED, Act.MISSED})

# Patient and facility, since when, and until when.
Span = tuple[tuple[UUID, UUID], datetime, datetime]


def historical_care(
    referrals: Sequence[HistoricalReferral], *, center_id: UUID, care_id: Callable[[], UUID]
) -> list[HistoricalCare]:
    """The care that all these referrals together brought: one relation for a patient and a facility."""
    began: dict[tuple[UUID, UUID], datetime] = {}
    until: dict[tuple[UUID, UUID], datetime] = {}
    for referral in referrals:
        for relation, since, end in (_dispatching(referral, center_id), *_treating(referral)):
            began.setdefault(relation, since)
            until[relation] = max(end, until.get(relation, end))
    return [
        HistoricalCare(
            *relation,
            CareBasis.REFERRAL,
            since,
            care_id(),
            until=None if until[relation] == FURTHER_NOTICE else until[relation],
        )
        for relation, since in began.items()
    ]


def _dispatching(referral: HistoricalReferral, center_id: UUID) -> Span:
    last = referral.steps[-1]
    until = dispatching_until(last_ended_at=last.at) if last.act in CLOSING else FURTHER_NOTICE
    return (referral.patient_id, center_id), referral.steps[0].at, until


def _treating(referral: HistoricalReferral) -> Iterator[Span]:
    for step, after in zip_longest(referral.steps, referral.steps[1:]):
        if step.slot is not None:
            given_up = after is not None and after.act in GIVING_UP
            until = after.at if given_up else step.slot.ends_at + AFTER_VISIT
            yield (referral.patient_id, step.slot.facility_id), step.at, until
