"""The queue around the present day: referrals in every state, so that each screen has something on it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from demo.chance import stream
from demo.citizens import Citizen
from demo.referrals.history import offer_near, service_for
from demo.referrals.offers import REASONS, Offer, offers_of
from demo.referrals.plan import PlannedReferral, PlannedSlot, Step
from demo.referrals.schedule import Schedule
from demo.region import Region
from demo.staff import DemoStaff
from demo.working_days import ONE_DAY, is_working_day
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.services.enumerations import Priority
from foundation.clock import zone
from identity.facilities.enumerations import CENTER_CODE

WAITING, WAITING_URGENT, WAITING_EMERGENCY = 62, 7, 2
BOOKED_TOMORROW, BOOKED_LATER, BOOKED_TODAY = 8, 30, 7
MISSED, SERVED, REVOKED, BOOKING_CANCELLED = 6, 34, 8, 4
# So far back that the oldest have outlived the term of 14 working days.
LONGEST_WAIT_DAYS = 27
SOONEST = timedelta(minutes=4)


@dataclass
class Queue:
    """What is to be loaded: every slot, and the referrals by the moment of sending."""

    slots: list[PlannedSlot]
    referrals: list[PlannedReferral]


def make_queue(region: Region, at: datetime, *, first_referral: int, first_slot: int) -> Queue:
    """The living queue at that moment.

    Args:
        first_referral, first_slot: how many the history has used already.
    """
    planner = _Planner(region, at, first_referral, first_slot)
    planner.plan_those_known_by_name()
    planner.plan_the_others(max(1, round(region.size.dispatch)))
    planner.made.sort(key=lambda referral: referral.submitted_at)
    return Queue(planner.schedule.all_slots(planner.today), planner.made)


@dataclass
class _Planner:
    region: Region
    at: datetime
    first_referral: int
    first_slot: int
    made: list[PlannedReferral] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance: random.Random = stream("queue")
        self.today: date = self.at.astimezone(zone()).date()
        self.offers = offers_of(self.region)
        self.schedule = Schedule(self.chance, self.offers, self.today, self.first_slot)
        self._numbers = count(self.first_referral)
        self._asked: set[tuple[int, str]] = set()
        self._staff: dict[str, list[DemoStaff]] = {}
        for each in self.region.staff:
            self._staff.setdefault(each.facility.code, []).append(each)

    def plan_those_known_by_name(self) -> None:
        """So that each of them has something to see on the dispatch page."""
        known = {each.name.family: each for each in self.region.story_people[:12]}
        olga = known["Никитина"]
        self._visited(olga, "C-NEUR", days_ago=6, outcome=Act.SERVED)
        # Whatever the day of the week, her card promises tomorrow.
        scan = self._send(olga, "I-MRI", days_ago=5)
        place = next(
            each for each in self.offers["I-MRI"] if each.facility.name.en == "Orenburg Diagnostic Centre"
        )
        self._book(scan, self.schedule.make(place, olga, self.today + ONE_DAY))
        self._booked(known["Карпова"], "C-ENDO", 3, 9)
        self._booked(known["Захаров"], "I-CT", 4, 12)
        self._booked(known["Воронцова"], "C-ONCO", 2, 8)
        self._booked(known["Сафин"], "C-PAED", 1, 4)
        self._send(known["Громов"], "C-CARD", days_ago=8)
        self._send(known["Королёва"], "C-NEPH", days_ago=LONGEST_WAIT_DAYS)
        self._visited(known["Фёдоров"], "C-ORTH", days_ago=2, outcome=Act.MISSED)
        self._visited(known["Жумабаев"], "C-NEUR", days_ago=9, outcome=Act.SERVED)
        self._visited(known["Мельников"], "T-XRAY", days_ago=11, outcome=Act.SERVED)

    def plan_the_others(self, times: int) -> None:
        for wanted, longest, priority in (
            (WAITING, LONGEST_WAIT_DAYS, Priority.PLANNED),
            (WAITING_URGENT, 2, Priority.URGENT),
            (WAITING_EMERGENCY, 0, Priority.EMERGENCY),
        ):
            for _ in range(times * wanted):
                self._send(*self._somebody(), days_ago=self.chance.randint(0, longest), priority=priority)
        for first, last, wanted in ((1, 1, BOOKED_TOMORROW), (2, 14, BOOKED_LATER), (0, 0, BOOKED_TODAY)):
            for _ in range(times * wanted):
                self._booked(*self._somebody(), first, last)
        for wanted, longest, outcome in ((MISSED, 6, Act.MISSED), (SERVED, 13, Act.SERVED)):
            for _ in range(times * wanted):
                self._visited(*self._somebody(), days_ago=self.chance.randint(1, longest), outcome=outcome)
        for number in range(times * (REVOKED + BOOKING_CANCELLED)):
            self._given_up(revoke=number < times * REVOKED)

    def _somebody(self) -> tuple[Citizen, str]:
        """Somebody who does not wait for that service already."""
        while True:
            patient = self.chance.choice(self.region.citizens[12:])
            code = service_for(self.chance, patient, self.today)
            if (patient.number, code) not in self._asked:
                return patient, code

    def _send(
        self, patient: Citizen, code: str, *, days_ago: int, priority: Priority = Priority.PLANNED
    ) -> PlannedReferral:
        self._asked.add((patient.number, code))
        diagnosis_code, reason = self.chance.choice(REASONS[code])
        referrer = self.chance.choice(self._staff[patient.home.code])
        number = next(self._numbers)
        made = PlannedReferral(number, None, patient, referrer, code, diagnosis_code, reason, priority)
        made.steps.append(Step(Act.SENT, self._working_moment(days_ago), referrer))
        self.made.append(made)
        return made

    def _booked(self, patient: Citizen, code: str, first: int, last: int) -> None:
        """A referral with a visit so many days ahead."""
        days = self._working_days(self.today + first * ONE_DAY, last - first)
        slot = self.schedule.take(code, patient, days, self._near(patient, code))
        sent = self._send(patient, code, days_ago=self.chance.randint(1, 12))
        if slot:
            self._book(sent, slot)

    def _visited(self, patient: Citizen, code: str, *, days_ago: int, outcome: Act) -> None:
        """A referral whose visit was so many days ago, with its outcome."""
        day = self.today - days_ago * ONE_DAY
        while not is_working_day(day):
            day -= ONE_DAY
        slot = self.schedule.take(code, patient, [day], self._near(patient, code))
        waited = (self.today - day).days + self.chance.randint(3, 11)
        sent = self._send(patient, code, days_ago=waited)
        if slot is None:
            return
        self._book(sent, slot)
        doctor = self.chance.choice(self._staff[slot.offer.facility.code])
        sent.steps.append(Step(outcome, slot.ends_at, doctor))

    def _given_up(self, *, revoke: bool) -> None:
        """A booking that was cancelled: the referral with it, or back to the queue."""
        patient, code = self._somebody()
        days = self._working_days(self.today + 3 * ONE_DAY, 7)
        slot = self.schedule.take(code, patient, days, self._near(patient, code))
        sent = self._send(patient, code, days_ago=self.chance.randint(4, 12))
        if slot is None:
            return
        self._book(sent, slot)
        booked = sent.steps[-1]
        act = Act.REVOKED if revoke else Act.BOOKING_CANCELLED
        reason = "Пациент отказался." if revoke else "Врач заболел, приём отменён."
        at = booked.at + (self.at - booked.at) * self.chance.uniform(0.2, 0.9)
        sent.steps.append(Step(act, at, booked.by, reason=reason))

    def _book(self, sent: PlannedReferral, slot: PlannedSlot) -> None:
        latest = min(self.at, slot.starts_at - timedelta(hours=3))
        at = sent.submitted_at + (latest - sent.submitted_at) * self.chance.uniform(0.05, 0.5)
        in_hours = at.astimezone(zone()).replace(hour=self.chance.randint(8, 16))
        if sent.submitted_at < in_hours < latest:
            at = in_hours
        dispatcher = self.chance.choice(self._staff[CENTER_CODE])
        sent.steps.append(Step(Act.BOOKED, at, dispatcher, slot))

    def _near(self, patient: Citizen, code: str) -> Sequence[Offer]:
        return [offer_near(self.chance, self.offers[code], patient.home) for _ in range(3)]

    def _working_moment(self, days_ago: int) -> datetime:
        """A moment in working hours, never in the future."""
        day = self.today - days_ago * ONE_DAY
        while not is_working_day(day):
            day -= ONE_DAY
        moment = datetime.combine(day, time(8), zone()) + timedelta(seconds=self.chance.randrange(8 * 3600))
        return min(moment, self.at - SOONEST - timedelta(minutes=self.chance.randint(1, 50)))

    def _working_days(self, first: date, span: int) -> list[date]:
        """The working days of the span, or the first one after it."""
        days = [first + number * ONE_DAY for number in range(span + 1)]
        found = [day for day in days if is_working_day(day)]
        while not found:
            first += ONE_DAY
            found = [first] if is_working_day(first) else []
        return found
