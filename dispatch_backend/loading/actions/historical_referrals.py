"""What loaders hand over: referrals with everything that happened to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from dispatch_backend.capacity.actions import NewSlot
from dispatch_backend.referrals.rules.history import Step
from dispatch_backend.services.enumerations import Priority
from foundation.identifiers import new_id


@dataclass(frozen=True, slots=True)
class HistoricalStep(Step):
    """One act on a referral.

    Attributes:
        slot: only where it books; it must have been added before.
        booking_id: of that booking, where it has one already.
    """

    slot: NewSlot | None = None
    booking_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HistoricalReferral:
    """A referral with its steps, the first of which sends it.

    Attributes:
        running_number: its number in its year, where it has one already.
    """

    patient_id: UUID
    service_code: str
    reason: str
    diagnosis_code: str
    priority: Priority
    steps: Sequence[HistoricalStep]
    id: UUID = field(default_factory=new_id)
    running_number: int | None = None
