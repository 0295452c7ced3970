"""A triager's first page shows what waits at their center without a slot; each is read, and nothing is done to it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dispatch_backend.services.enumerations import Priority
from foundation.clock import now
from identity.roles import Role
from tests.dispatch_backend.factories import Desk
from tests.identity.contact_points.mailing import press
from tests.pages import read

PAGE = "/dispatch/triage"


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture
def triager(people, client_for, desk):
    browser = client_for(people.staff(Role.TRIAGER, facility_id=desk.center_id).actor)
    browser.set_cookie("language", "en")
    return browser


def soon(desk, patient):
    """First in every queue of the tests: an emergency that waits for long."""
    return desk.sent_on(now() - timedelta(days=400), patient, priority=Priority.EMERGENCY)


def test_what_waits_without_a_slot_is_listed_and_opens(desk, triager, walls):
    waiting = soon(desk, desk.patient(family_name="Ждунова"))
    page = triager.get(PAGE)
    opened = triager.get(f"{PAGE}/{waiting}")

    assert f'href="{PAGE}/{waiting}"' in page.text
    assert "Zhdunova" in read(page)
    assert opened.status_code == 200
    for words in ("Zhdunova", "Chest pain on exertion", "I20.8", "What happened so far"):
        assert words in read(opened)


def test_what_has_a_slot_is_no_longer_listed(desk, triager):
    booked = desk.sent(desk.patient(), priority=Priority.EMERGENCY)
    desk.booked(booked, desk.slot())

    assert str(booked) not in triager.get(PAGE).text


def test_a_triager_does_nothing_to_a_referral_and_is_offered_nothing(desk, triager):
    waiting, slot = soon(desk, desk.patient()), desk.slot()
    page = triager.get(f"{PAGE}/{waiting}").text.partition("<main")[2]
    booking = press(
        triager, f"/dispatch/referrals/{waiting}/booking", **{"book-slot_id": str(slot), "book-version": "1"}
    )

    assert "<form" not in page
    assert booking.status_code == 403
    assert triager.get(f"/dispatch/referrals/{waiting}").status_code == 403
    assert triager.get("/dispatch").status_code == 403


def test_of_another_center_s_patients_a_triager_finds_nothing(desk, people, client_for, walls):
    waiting = soon(desk, desk.patient())
    elsewhere = client_for(people.staff(Role.TRIAGER, facility_id=people.facility()).actor)
    elsewhere.set_cookie("language", "en")
    foreign, absent = (elsewhere.get(f"{PAGE}/{each}") for each in (waiting, uuid4()))

    assert str(waiting) not in elsewhere.get(PAGE).text
    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert read(foreign) == read(absent)


def test_the_patient_reads_that_it_was_listed_and_opened(desk, triager, client_for):
    patient = desk.patient()
    waiting = soon(desk, patient)
    triager.get(PAGE)
    triager.get(f"{PAGE}/{waiting}")
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")
    log = read(browser.get("/my/access"))

    assert "The waiting list with your referral was opened" in log
    assert "A referral was opened" in log
    assert "Triager" in log


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.DOCTOR, Role.RADIOLOGIST])
def test_the_page_is_for_triagers(people, client_for, role):
    assert client_for(people.staff(role).actor).get(PAGE).status_code == 403
