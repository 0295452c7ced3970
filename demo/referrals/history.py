"""The records of the programme's first years, exactly as many as its card counts (demo.programme)."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import hypot

from demo.chance import stream
from demo.citizens import Citizen
from demo.facilities import DemoFacility
from demo.programme import RECORDS
from demo.referrals.diary import Diary
from demo.referrals.offers import HOW_OFTEN, REASONS, Offer, offers_of
from demo.referrals.plan import PlannedReferral, Step
from demo.region import Region
from demo.staff import DemoStaff
from demo.working_days import ONE_DAY, is_working_day
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.services.enumerations import Priority
from foundation.clock import zone
from identity.facilities.enumerations import CENTER_CODE

# In the first year only the outpatient clinic of Nezhinka and a few others took part.
_PIONEERS = ("Nezhinka Village Clinic", "Orenburg Polyclinic No. 1", "Sakmara District Hospital")
_LONGEST_WAIT_DAYS = 14
SAME_TOWN_DEGREES = 0.3
_CHILDREN_UNTIL_YEARS = 18


@dataclass(frozen=True)
class _Scene:
    """What every referral of the history is drawn from."""

    chance: random.Random
    diary: Diary
    offers: dict[str, list[Offer]]
    dispatchers: Sequence[DemoStaff]
    staff_at: dict[str, list[DemoStaff]]
    patients: Sequence[Citizen]
    pioneers: Sequence[Citizen]


def make_history(region: Region) -> list[PlannedReferral]:
    """Every referral of 2010, 2011 and the first quarter of 2012, closed long since, by the moment of sending."""
    scene = _scene(region)
    made: list[PlannedReferral] = []
    for period in RECORDS:
        wanted = round(period.records * region.size.dispatch)
        people = scene.pioneers if period.first.year == RECORDS[0].first.year else scene.patients
        for running, sent_at in enumerate(_moments(scene.chance, period.first, period.last, wanted), start=1):
            made.append(_referral(scene, len(made), running, scene.chance.choice(people), sent_at))
    return made


def _scene(region: Region) -> _Scene:
    staff_at: dict[str, list[DemoStaff]] = {}
    for each in region.staff:
        staff_at.setdefault(each.facility.code, []).append(each)
    patients = [
        each for each in region.citizens if not each.story and each.birth_date.year < RECORDS[0].first.year
    ]
    patients = patients or [each for each in region.citizens if each.birth_date.year < RECORDS[0].first.year]
    pioneers = [each for each in patients if each.home.name.en in _PIONEERS] or patients
    return _Scene(
        chance=stream("history"),
        diary=Diary(),
        offers=offers_of(region),
        dispatchers=staff_at[CENTER_CODE],
        staff_at=staff_at,
        patients=patients,
        pioneers=pioneers,
    )


def _moments(chance: random.Random, first: date, last: date, wanted: int) -> Iterator[datetime]:
    """Moments in working hours, more of them towards the end of the period, in order."""
    days = [first + number * ONE_DAY for number in range((last - first).days + 1)]
    working = [day for day in days if is_working_day(day)]
    weights = [1 + 2 * place / len(working) for place in range(len(working))]
    for day in sorted(chance.choices(working, weights, k=wanted)):
        yield datetime.combine(day, time(8), zone()) + timedelta(seconds=chance.randrange(8 * 3600))


def _referral(
    scene: _Scene, number: int, running: int, patient: Citizen, sent_at: datetime
) -> PlannedReferral:
    chance = scene.chance
    code = service_for(chance, patient, sent_at.date())
    diagnosis_code, reason = chance.choice(REASONS[code])
    referrer = chance.choice(scene.staff_at[patient.home.code])
    made = PlannedReferral(number, running, patient, referrer, code, diagnosis_code, reason, Priority.PLANNED)
    made.steps.append(Step(Act.SENT, sent_at, referrer))
    _live_through(scene, made, offer_near(chance, scene.offers[code], patient.home))
    return made


def _live_through(scene: _Scene, made: PlannedReferral, offer: Offer) -> None:
    """What happened to it: nearly always a booking and a visit, now and then something else."""
    chance = scene.chance
    dispatcher = chance.choice(scene.dispatchers)
    fate = chance.random()
    if fate < 0.03:
        at = made.submitted_at + timedelta(hours=chance.uniform(2, 30))
        made.steps.append(Step(Act.REVOKED, at, dispatcher, reason="Пациент отказался от направления."))
        return
    _book(scene, made, offer, dispatcher)
    if fate < 0.06:
        _miss(scene, made)
        _book(scene, made, offer, dispatcher)
    slot = made.steps[-1].slot
    if slot is not None:
        doctor = chance.choice(scene.staff_at[offer.facility.code])
        made.steps.append(Step(Act.SERVED, slot.ends_at, doctor))


def _book(scene: _Scene, made: PlannedReferral, offer: Offer, dispatcher: DemoStaff) -> None:
    last = made.steps[-1].at
    at = last + timedelta(minutes=scene.chance.uniform(4, 240))
    wait = timedelta(days=round(scene.chance.triangular(1, _LONGEST_WAIT_DAYS, 3)))
    slot = scene.diary.next_slot(offer, at.date() + wait)
    made.steps.append(Step(Act.BOOKED, at, dispatcher, slot))


def _miss(scene: _Scene, made: PlannedReferral) -> None:
    slot = made.steps[-1].slot
    if slot is not None:
        doctor = scene.chance.choice(scene.staff_at[slot.offer.facility.code])
        made.steps.append(Step(Act.MISSED, slot.ends_at, doctor))


def service_for(chance: random.Random, patient: Citizen, day: date) -> str:
    """A service that is asked for about as often as in life; children go to the children's specialist."""
    if day.year - patient.birth_date.year < _CHILDREN_UNTIL_YEARS:
        return "C-PAED"
    codes = [code for code in REASONS if code != "C-PAED"]
    return chance.choices(codes, [HOW_OFTEN[code] for code in codes])[0]


def offer_near(chance: random.Random, offers: Sequence[Offer], home: DemoFacility) -> Offer:
    """One of the nearest places that offer it, other than the sending facility itself."""
    away = [each for each in offers if each.facility.code != home.code] or list(offers)
    distances = [_distance(each.facility, home) for each in away]
    reach = min(distances) + SAME_TOWN_DEGREES
    return chance.choice([each for each, distance in zip(away, distances, strict=True) if distance <= reach])


def _distance(one: DemoFacility, other: DemoFacility) -> float:
    """In degrees: near enough to tell the next town from the one at the other end of the region."""
    return hypot(one.latitude - other.latitude, one.longitude - other.longitude)
