"""The rules alone: terms, transitions, ranking, notice, the chain of a history."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from dispatch_backend.bookings.rules import booking
from dispatch_backend.referrals import enumerations
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.referrals.rules import states
from dispatch_backend.referrals.rules.numbers import referral_number
from dispatch_backend.referrals.rules.responsibility import standing
from dispatch_backend.referrals.rules.states import next_state
from dispatch_backend.routing import rules as ranking
from dispatch_backend.services.enumerations import DiagnosisCode, Priority
from dispatch_backend.services.rules.calendar import is_working_day
from dispatch_backend.services.rules.terms import Pressure, TermUnit, end_of, last_day, pressure, used_share
from dispatch_backend.worklist.queries.queue_places import Place, read_place
from dispatch_backend.worklist.rules import NextStep, next_step
from foundation.errors import BadInput, NotAllowed, RuleBroken

ZONE = ZoneInfo("Asia/Yekaterinburg")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent_on", "length", "due_on"),
    [
        (date(2026, 3, 2), 14, date(2026, 3, 23)),  # over 9 March, moved from Women's Day on a Sunday
        (date(2025, 12, 30), 1, date(2026, 1, 12)),  # 31 December 2025 and the New Year's days are free
        (date(2012, 4, 27), 1, date(2012, 4, 28)),  # a working Saturday of that year
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
    ],
)
def test_working_days_skip_weekends_and_holidays_and_count_moved_days(sent_on, length, due_on):
    assert last_day(sent_on, length=length, unit=TermUnit.WORKING_DAYS) == due_on


def test_calendar_days_count_every_day():
    assert last_day(date(2026, 1, 1), length=30, unit=TermUnit.CALENDAR_DAYS) == date(2026, 1, 31)


def test_an_official_move_that_the_library_does_not_know_can_be_entered():
    assert not is_working_day(date(2026, 3, 7))
    assert is_working_day(date(2026, 3, 7), {date(2026, 3, 7): True})


def test_the_legal_day_ends_at_midnight_of_the_region():
    assert end_of(date(2026, 3, 20), ZONE) == datetime(2026, 3, 20, 19, tzinfo=UTC)


def test_pressure_follows_the_used_share_of_the_own_term():
    due_at = NOON + timedelta(days=10)

    shares = [used_share(sent_at=NOON, due_at=due_at, at=NOON + timedelta(days=n)) for n in (1, 7, 10, 15)]

    assert shares == [0.1, 0.7, 1.0, 1.5]
    assert [pressure(each) for each in shares] == [
        Pressure.IN_TIME,
        Pressure.SOON,
        Pressure.OVERDUE,
        Pressure.OVERDUE,
    ]


def test_a_dispatcher_books_and_a_doctor_does_not():
    assert next_state(State.SUBMITTED, Act.BOOKED, "dispatcher") is State.BOOKED
    with pytest.raises(NotAllowed):
        next_state(State.SUBMITTED, Act.BOOKED, "doctor")


@pytest.mark.parametrize("state", sorted(enumerations.CLOSED))
@pytest.mark.parametrize("act", list(Act))
def test_a_closed_referral_goes_nowhere(state, act):
    with pytest.raises(RuleBroken):
        next_state(state, act, "dispatcher")


def test_every_open_state_has_a_way_out_and_every_state_a_way_in():
    assert {each.from_state for each in states.TRANSITIONS} - {None} == enumerations.OPEN
    assert {each.to_state for each in states.TRANSITIONS} == set(State)


def test_every_open_referral_has_an_owner_and_a_day_and_a_closed_one_neither():
    center, place = UUID(int=1), UUID(int=2)
    for state in State:
        visit = (place, NOON) if state is State.BOOKED else None
        stands = standing(state, center_id=center, due_at=NOON, visit=visit, at=NOON)
        assert (stands.owner_id is not None) == (state in enumerations.OPEN)
        assert (stands.act_by is not None) == (state in enumerations.OPEN)


def test_the_next_step_after_the_visit_is_its_outcome():
    assert next_step(State.BOOKED, visit_ends_at=NOON, at=NOON - timedelta(hours=1)) is NextStep.AWAIT_VISIT
    assert next_step(State.BOOKED, visit_ends_at=NOON, at=NOON) is NextStep.RECORD_OUTCOME


def test_a_slot_needs_notice_except_in_an_emergency():
    soon = {"same_service": True, "taken": False, "starts_at": NOON + timedelta(hours=1), "at": NOON}

    booking.require_bookable(**soon, priority=Priority.EMERGENCY)
    with pytest.raises(RuleBroken, match="too soon"):
        booking.require_bookable(**soon, priority=Priority.PLANNED)


def test_a_slot_of_the_past_is_never_booked():
    with pytest.raises(RuleBroken, match="too soon"):
        booking.require_bookable(
            same_service=True, taken=False, starts_at=NOON, priority=Priority.EMERGENCY, at=NOON
        )


def test_a_slot_of_another_service_is_not_booked():
    with pytest.raises(RuleBroken, match="another service"):
        booking.require_bookable(
            same_service=False,
            taken=False,
            starts_at=NOON + timedelta(days=1),
            priority=Priority.PLANNED,
            at=NOON,
        )


def test_the_road_from_orenburg_to_orsk_is_about_as_long_as_on_the_map():
    assert ranking.road_km((51.77, 55.10), (51.23, 58.47)) == pytest.approx(310, rel=0.05)
    assert ranking.road_km((51.77, 55.10), (None, 58.47)) is None


def test_keeping_the_legal_day_outweighs_the_way():
    term = {"sent_at": NOON, "due_at": NOON + timedelta(days=10), "at": NOON + timedelta(days=5)}

    far = ranking.cost(**term, starts_at=NOON + timedelta(days=9), distance_km=150)
    near_but_late = ranking.cost(**term, starts_at=NOON + timedelta(days=14), distance_km=5)

    assert far.total < near_but_late.total
    assert far.breach == 0 < near_but_late.breach


def test_a_nearer_slot_at_the_same_time_is_better():
    same = {"sent_at": NOON, "due_at": NOON + timedelta(days=9), "at": NOON, "starts_at": NOON + timedelta(2)}

    assert ranking.cost(**same, distance_km=10).total < ranking.cost(**same, distance_km=100).total


@pytest.mark.parametrize("code", ["J06", "J06.9", "I20.85", "M15.0", "U07.1"])
def test_a_code_of_icd10_is_taken(code):
    DiagnosisCode(code)


@pytest.mark.parametrize(
    "code", ["", "a09", "A0", "A09.", "S72.001", "C7A", "C7A.0", "A09.X", "A09\n", "A٠٩", "A09.9 "]
)
def test_another_code_is_not(code):
    with pytest.raises(BadInput, match="This is not an ICD-10 code"):
        DiagnosisCode(code)


@pytest.mark.parametrize("code", ["А09", "а09"])
def test_a_russian_letter_in_a_code_is_told(code):
    with pytest.raises(BadInput, match="Change the keyboard"):
        DiagnosisCode(code)


def test_a_number_is_easily_said():
    assert referral_number(2026, 123) == "R-2026-000123"


def test_a_place_in_the_queue_survives_the_address():
    place = Place(NOON, 1, 0.1 + 0.2, UUID(int=7))

    assert read_place(str(place)) == place
    assert read_place("") is None


@pytest.mark.parametrize(
    "text", ["x", "~~~", f"2026-03-02~1~0.3~{UUID(int=7)}", f"{NOON}~7~0.3~{UUID(int=7)}"]
)
def test_an_address_that_we_did_not_write_is_bad_input(text):
    with pytest.raises(BadInput):
        read_place(text)
