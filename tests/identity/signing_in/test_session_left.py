"""How long a session lasts is told truly; asking prolongs nothing, the press of the button does, and nothing prolongs the end."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from foundation.clock import now
from identity.sessions.rules.endings import TimeLeft, time_left
from tests.identity.journeys import ENGLISH
from tests.pages import read

SIDES = {"patient": ("/my/session", 20 * 60), "doctor": ("/staff/session", 15 * 60)}


@pytest.fixture(params=SIDES)
def somebody(request, people, client_for):
    """Their browser, the address that tells of their session, and for how many seconds it lives unused."""
    person = getattr(people, request.param)()
    return client_for(person.actor), person.actor.account_id, *SIDES[request.param]


@pytest.fixture
def passed(as_administrator):
    """Let so much time pass for the sessions of an account: unused, or since they began."""

    def pass_by(account_id, *, unused=timedelta(0), of_longest=timedelta(0)):
        with as_administrator() as connection:
            connection.execute(
                text(
                    "UPDATE identity.session SET last_seen_at = last_seen_at - :unused, "
                    "expires_at = expires_at - :of_longest WHERE account_id = :id"
                ),
                {"unused": unused, "of_longest": of_longest, "id": account_id},
            )

    return pass_by


def test_asking_prolongs_nothing(somebody, passed):
    browser, account_id, address, idle_s = somebody
    passed(account_id, unused=timedelta(minutes=5))

    told = [browser.get(address).json["idle_s"] for _ in range(2)]

    assert all(idle_s - 310 <= each <= idle_s - 300 for each in told)


def test_the_press_gives_the_whole_time_again(somebody, passed):
    browser, account_id, address, idle_s = somebody
    passed(account_id, unused=timedelta(minutes=5))

    pressed = browser.post(address).json["idle_s"]
    told = browser.get(address).json["idle_s"]

    assert idle_s - 10 <= told <= pressed <= idle_s


def test_a_page_that_is_opened_tells_the_whole_time_again(somebody, passed):
    browser, account_id, address, idle_s = somebody
    passed(account_id, unused=timedelta(minutes=5))

    page = browser.get("/staff/devices" if idle_s == 15 * 60 else "/my/devices")

    assert f'data-idle="{idle_s}"' in page.text
    assert idle_s - 10 <= browser.get(address).json["idle_s"] <= idle_s


def test_nothing_prolongs_the_end(somebody, passed):
    browser, account_id, address, _ = somebody
    passed(account_id, of_longest=timedelta(hours=7, minutes=59))

    before, pressed = browser.get(address).json["longest_s"], browser.post(address).json["longest_s"]
    passed(account_id, of_longest=timedelta(minutes=1))

    assert pressed <= before <= 60
    assert browser.post(address).status_code == 303


def test_what_has_ended_is_not_begun_again(somebody, passed):
    browser, account_id, address, idle_s = somebody
    passed(account_id, unused=timedelta(seconds=idle_s + 1))

    answers = [browser.post(address), browser.get(address)]

    assert [each.status_code for each in answers] == [303, 303]


def test_another_site_prolongs_nothing(somebody):
    browser, _, address, _ = somebody

    assert browser.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


@pytest.mark.parametrize(("address", "minutes"), [("/sign-in", 20), ("/staff/sign-in", 15)])
def test_the_door_says_how_long_signing_in_lasts(client, provider, address, minutes):
    page = read(client.get(address, headers=ENGLISH))

    assert f"after {minutes} minutes without use, and after 8 hours in any case" in page


def test_nobody_is_warned_for_longer_than_half_of_the_time():
    at = now()
    short = timedelta(seconds=40)

    left = time_left(last_seen_at=at, expires_at=at + timedelta(hours=8), idle=short, at=at)

    assert left == TimeLeft(idle_s=40, longest_s=8 * 3600, warned_s=20)
