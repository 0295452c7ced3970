"""The times on offer around the present day, of which the living queue takes its bookings."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from demo.citizens import Citizen
from demo.referrals.diary import Diary
from demo.referrals.hours import visits_on
from demo.referrals.offers import Offer
from demo.referrals.plan import PlannedSlot
from demo.working_days import ONE_DAY, is_working_day

DAYS_BACK = 16
DAYS_AHEAD = 24
FEWEST_A_DAY, MOST_A_DAY = 3, 7


class Schedule:
    """Slots of every offer; what is taken once is not given twice, and nobody is in two places at a time."""

    def __init__(
        self, chance: random.Random, offers: dict[str, list[Offer]], today: date, first: int
    ) -> None:
        self._chance = chance
        self._diary = Diary(first_number=first)
        self._free: dict[str, list[PlannedSlot]] = {}
        self._engaged: dict[int, list[PlannedSlot]] = {}
        self.kept: list[PlannedSlot] = []
        for code, places in offers.items():
            self._free[code] = [slot for offer in places for slot in self._times_of(offer, today)]

    def take(
        self, code: str, patient: Citizen, days: Sequence[date], near: Sequence[Offer]
    ) -> PlannedSlot | None:
        """A time on one of these days at one of these places, or None where there is none."""
        fitting = [
            slot
            for slot in self._free[code]
            if slot.starts_at.date() in days
            and slot.offer in near
            and not any(slot.meets(other) for other in self._engaged.get(patient.number, ()))
        ]
        if not fitting:
            return None
        chosen = self._chance.choice(fitting)
        self._free[code].remove(chosen)
        return self._keep(chosen, patient)

    def make(self, offer: Offer, patient: Citizen, day: date) -> PlannedSlot:
        """One more time on exactly this day, be it a Sunday."""
        return self._keep(self._diary.slot_on(offer, day), patient)

    def all_slots(self, today: date) -> list[PlannedSlot]:
        """Those that are used, and those that can still be used."""
        free = [slot for slots in self._free.values() for slot in slots if slot.starts_at.date() >= today]
        return sorted([*self.kept, *free], key=lambda slot: slot.number)

    def _keep(self, slot: PlannedSlot, patient: Citizen) -> PlannedSlot:
        self._engaged.setdefault(patient.number, []).append(slot)
        self.kept.append(slot)
        return slot

    def _times_of(self, offer: Offer, today: date) -> list[PlannedSlot]:
        made = []
        day = today - timedelta(days=DAYS_BACK)
        while day <= today + timedelta(days=DAYS_AHEAD):
            if is_working_day(day):
                times = min(self._chance.randint(FEWEST_A_DAY, MOST_A_DAY), visits_on(offer, day))
                made += [self._diary.slot_on(offer, day) for _ in range(times)]
            day += ONE_DAY
        return made
