"""A referral with everything that happened to it, as plain values."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from demo.citizens import Citizen
from demo.referrals.offers import Offer
from demo.staff import DemoStaff
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.services.enumerations import Priority


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A time at an offer. `number` is its place among all slots of the demo."""

    number: int
    offer: Offer
    starts_at: datetime
    length: timedelta

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + self.length

    def meets(self, other: "PlannedSlot") -> bool:
        """Whether the two overlap; where one ends as the other begins they do not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Step:
    """One act: who, when, and for a booking which slot."""

    act: Act
    at: datetime
    by: DemoStaff
    slot: PlannedSlot | None = None
    reason: str = ""


@dataclass(slots=True)
class PlannedReferral:
    """`number` counts all referrals of the demo; `running` those of one year, where it is long past."""

    number: int
    running: int | None
    patient: Citizen
    referrer: DemoStaff
    service_code: str
    diagnosis_code: str
    reason: str
    priority: Priority
    steps: list[Step] = field(default_factory=list)

    @property
    def submitted_at(self) -> datetime:
        return self.steps[0].at
