"""Whoever is booked for a closed time is moved by a dispatcher, all at once or one by one; whoever cannot be stays in sight."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.tables import ClosedTime
from dispatch_backend.referrals.enumerations import OwnReason, State
from dispatch_backend.schedules.actions.closed_times import AskedClosing, close_time, reopen_time
from dispatch_backend.schedules.actions.displaced import move_displaced
from dispatch_backend.schedules.queries.displaced import displaced_page
from dispatch_backend.schedules.rules import Move, PartOfDay
from dispatch_backend.services.enumerations import ServiceKind
from dispatch_backend.services.tables import Service
from foundation.errors import RuleBroken, Stale
from identity.roles import STAFF_ROLES, Role
from tests.dispatch_backend.schedules.conftest import ENGLISH
from tests.pages import hidden_fields, read

ADDRESS = "/dispatch/displaced"
TICKED = re.compile(r'name="moves" value="([^"]+)"')
# Each process that runs tests calls them by the same names.
NOBODY = UUID("018f7b4e-0000-7000-8000-000000000000")


@pytest.fixture
def close(keeping):
    """Close the whole day of the keeper's doctor, for whom so many are booked; returns what opens it again."""

    def closed(booked, reason=ClosingReason.ILLNESS, words=""):
        with keeping.desk.as_actor(keeping.keeper.actor) as session:
            part = PartOfDay(keeping.at(0), keeping.at(23))
            close_time(session, keeping.resource_id, part, AskedClosing(reason, words, booked))

    return closed


@pytest.fixture
def dispatcher(keeping, client_for):
    return client_for(keeping.desk.dispatcher.actor)


def _closed_of(keeping):
    return select(ClosedTime.id).where(ClosedTime.resource_id == keeping.resource_id)


def _booked(keeping, hour, **words):
    referral_id = keeping.desk.sent(**words)
    return referral_id, keeping.desk.booked(referral_id, keeping.slot(hour))


def _read(keeping, referral_id):
    with keeping.desk.as_actor(keeping.desk.dispatcher.actor) as session:
        return referral_to_read(session, referral_id)


def _rows(keeping):
    """Of this test's doctor alone: others may have closed times too."""
    with keeping.desk.as_actor(keeping.desk.dispatcher.actor) as session:
        pages = [displaced_page(session, 1)]
        while pages[-1].has_more:
            pages.append(displaced_page(session, len(pages) + 1))
        found = [row for page in pages for row in page.rows]
    return [row for row in found if row.referral.booking.resource.en.endswith(keeping.room)]


def _ticked(page, rows):
    return [
        each
        for each in TICKED.findall(page.text)
        if any(each.startswith(str(row.booking_id)) for row in rows)
    ]


def _pages(browser, keeping):
    """The page of the list on which this test's bookings stand, and what is ticked of theirs."""
    rows = _rows(keeping)
    for number in range(1, 20):
        page = browser.get(f"{ADDRESS}?page={number}", headers=ENGLISH)
        if ticked := _ticked(page, rows):
            return page, ticked
    raise AssertionError("nobody is to be moved")


def test_all_who_are_ticked_are_moved_and_keep_their_place(keeping, close, dispatcher):
    (first, _), (second, _) = _booked(keeping, 10), _booked(keeping, 11)
    before = {each: _read(keeping, each) for each in (first, second)}
    spare = [keeping.desk.slot(starts_at=keeping.at(10) + timedelta(days=day)) for day in (1, 2)]
    close(2)
    page, ticked = _pages(dispatcher, keeping)

    answer = dispatcher.post(ADDRESS, data={**hidden_fields(page), "moves": ticked}, headers=ENGLISH)

    assert answer.status_code == 303
    for referral_id, former in before.items():
        moved = _read(keeping, referral_id)
        assert moved.state is State.BOOKED
        assert (moved.submitted_at, moved.due_at) == (former.submitted_at, former.due_at)
        assert moved.steps[-1].reason == OwnReason.DOCTOR_AWAY
        assert moved.booking.slot_id != former.booking.slot_id
    assert len({_read(keeping, each).booking.slot_id for each in before}) == 2
    assert _rows(keeping) == []
    assert spare


def test_one_alone_is_moved_and_the_other_stays_in_the_list(keeping, close, dispatcher):
    _, (second, _) = _booked(keeping, 10), _booked(keeping, 11)
    for day in (1, 2):
        keeping.desk.slot(starts_at=keeping.at(10) + timedelta(days=day))
    close(2, ClosingReason.OTHER, "Repair of the roof")
    page, ticked = _pages(dispatcher, keeping)

    answer = dispatcher.post(ADDRESS, data={**hidden_fields(page), "moves": ticked[:1]}, headers=ENGLISH)

    assert answer.status_code == 303
    assert [row.referral.id for row in _rows(keeping)] == [second]


def test_a_slot_is_proposed_to_one_alone_and_who_has_none_stays_in_sight(keeping, close, dispatcher):
    """Of a service that nobody else offers."""
    with keeping.desk.as_loader() as session:
        session.add(
            Service(code=(code := f"T-{uuid4()}"), kind=ServiceKind.CONSULTATION, name_en="X", name_ru="X")
        )
    for hour in (10, 11):
        referral_id = keeping.desk.sent(service_code=code)
        keeping.desk.booked(referral_id, keeping.slot(hour, service_code=code))
    only = keeping.desk.slot(starts_at=keeping.at(10) + timedelta(days=1), service_code=code)
    close(2)

    rows = _rows(keeping)

    assert [row.best and row.best.slot.id for row in rows] == [only, None]
    page, ticked = _pages(dispatcher, keeping)
    assert len(ticked) == 1
    assert re.search(f"Open the referral ?: {rows[1].referral.number}", read(page))


def test_nobody_and_nothing_is_proposed_twice_for_one_time(keeping, close):
    """Neither a patient of two services, nor a doctor whose times overlap."""
    codes = [f"T-{uuid4()}", f"T-{uuid4()}"]
    with keeping.desk.as_loader() as session:
        session.add_all(
            Service(code=code, kind=ServiceKind.CONSULTATION, name_en="X", name_ru="X") for code in codes
        )
    patient = keeping.desk.patient()
    for hour, code in zip((10, 11), codes, strict=True):
        keeping.desk.booked(
            keeping.desk.sent(patient, service_code=code), keeping.slot(hour, service_code=code)
        )
        for later in (0, 3):
            keeping.desk.slot(starts_at=keeping.at(10 + later) + timedelta(days=1), service_code=code)
    close(2)

    first, second = _rows(keeping)

    assert first.best.slot.starts_at + timedelta(hours=3) == second.best.slot.starts_at


def test_what_changed_meanwhile_moves_nobody(keeping, close, dispatcher):
    (first, _), (_, booking_id) = _booked(keeping, 10), _booked(keeping, 11)
    for day in (1, 2):
        keeping.desk.slot(starts_at=keeping.at(10) + timedelta(days=day))
    close(2)
    page, ticked = _pages(dispatcher, keeping)
    stale = [each.replace("_2_", "_1_") if each.startswith(str(booking_id)) else each for each in ticked]

    answer = dispatcher.post(ADDRESS, data={**hidden_fields(page), "moves": stale}, headers=ENGLISH)

    assert answer.status_code == 412
    assert len(_rows(keeping)) == 2
    assert _read(keeping, first).version == 2


def test_two_who_move_the_same_patients_crosswise_wait_and_one_of_them_is_first(keeping, close):
    """Each would give the one the slot that the other gives to the other."""
    booked = [_booked(keeping, hour)[1] for hour in (10, 11)]
    spare = [keeping.desk.slot(starts_at=keeping.at(10) + timedelta(days=day)) for day in (1, 2)]
    close(2)
    ready = threading.Barrier(2)

    def moved(slots):
        ready.wait()
        try:
            with keeping.desk.as_actor(keeping.desk.dispatcher.actor) as session:
                move_displaced(session, [Move(*each) for each in zip(booked, (2, 2), slots, strict=True)])
            return True
        except (Stale, RuleBroken):
            return False

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(moved, (spare, spare[::-1])))

    assert sorted(done) == [False, True]
    assert _rows(keeping) == []


def test_who_is_booked_for_an_open_time_is_not_moved_here(keeping, close, dispatcher):
    referral_id, booking_id = _booked(keeping, 10)
    slot_id = keeping.desk.slot(starts_at=keeping.at(10) + timedelta(days=1))
    close(1)
    page, _ = _pages(dispatcher, keeping)
    with keeping.desk.as_actor(keeping.keeper.actor) as session:
        for closed in session.execute(_closed_of(keeping)).scalars():
            reopen_time(session, closed)

    answer = dispatcher.post(
        ADDRESS, data={**hidden_fields(page), "moves": f"{booking_id}_2_{slot_id}"}, headers=ENGLISH
    )

    assert answer.status_code == 409
    assert "Nobody was moved." in read(answer)
    assert _rows(keeping) == []
    assert _read(keeping, referral_id).booking.id == booking_id


@pytest.mark.parametrize("moves", ["", "x", f"{NOBODY}_1", f"{NOBODY}_0_{NOBODY}'"])
def test_nothing_or_nonsense_is_said_to_be_so(dispatcher, moves):
    page = dispatcher.get(ADDRESS, headers=ENGLISH)

    answer = dispatcher.post(ADDRESS, data={**hidden_fields(page), "moves": moves}, headers=ENGLISH)

    assert page.status_code == 200
    assert answer.status_code == 422
    assert "Tick who is to be moved." in read(answer)


@pytest.mark.parametrize(
    "role", [each for each in STAFF_ROLES if each not in (Role.DISPATCHER, Role.SHIFT_LEAD)]
)
def test_names_are_for_dispatchers(keeping, people, client_for, role):
    somebody = client_for(people.staff(role, facility_id=people.center()).actor)

    assert somebody.get(ADDRESS).status_code == 403
