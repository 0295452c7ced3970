"""What crosses the wall to other rooms and to the pages: small frozen values, never rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from dispatch_backend.referrals.rules.states import Act, State
from dispatch_backend.services.enumerations import Priority, ServiceKind
from foundation.language.bilingual import BilingualText


@dataclass(frozen=True, slots=True)
class ServiceCard:
    code: str
    kind: ServiceKind
    name: BilingualText


@dataclass(frozen=True, slots=True)
class BookingCard:
    """A referral's time, place, and doctor, room or device."""

    id: UUID
    referral_id: UUID
    referral_number: str
    service: BilingualText
    facility_id: UUID
    resource: BilingualText
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One event of a referral's history; `reason` only where one was given."""

    at: datetime
    act: Act
    to_state: State
    actor_role: str
    staff_id: UUID | None
    facility_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class ReferralCard:
    """A referral as its patient and their doctors see it. `booking` is absent where none stands; `steps` where nobody asked."""

    id: UUID
    number: str
    patient_id: UUID
    service: BilingualText
    service_code: str
    service_kind: ServiceKind
    priority: Priority
    reason: str
    diagnosis_code: str
    from_facility_id: UUID
    referrer_id: UUID
    state: State
    version: int
    submitted_at: datetime
    due_on: date
    due_at: datetime
    legal_basis: BilingualText
    booking: BookingCard | None
    steps: Sequence[HistoryStep]
