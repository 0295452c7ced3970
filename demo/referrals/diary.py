"""Which times are still free: no doctor, room or device of the demo is promised twice."""

from collections import Counter
from datetime import date
from itertools import count

from demo.referrals.hours import length_of, session_of, visits_on
from demo.referrals.offers import Offer
from demo.referrals.plan import PlannedSlot
from demo.working_days import ONE_DAY, is_working_day


class Diary:
    """Gives out the times of each offer one after the other."""

    def __init__(self, *, first_number: int = 0) -> None:
        self._given: Counter[tuple[str, str, date]] = Counter()
        self._numbers = count(first_number)

    def next_slot(self, offer: Offer, not_before: date) -> PlannedSlot:
        """The first time of the offer on that working day or a later one."""
        day = not_before
        while not is_working_day(day) or self._full(offer, day):
            day += ONE_DAY
        return self.slot_on(offer, day)

    def slot_on(self, offer: Offer, day: date) -> PlannedSlot:
        """The next time of the offer on exactly this day."""
        key = (offer.facility.code, offer.resource.en, day)
        length = length_of(offer)
        starts_at = session_of(offer, day) + self._given[key] * length
        self._given[key] += 1
        return PlannedSlot(next(self._numbers), offer, starts_at, length)

    def _full(self, offer: Offer, day: date) -> bool:
        return self._given[offer.facility.code, offer.resource.en, day] >= visits_on(offer, day)
