"""One citizen lets another act for them, who accepts, looks as far as they may, and is out at once when it is taken back."""

import re
from datetime import timedelta
from functools import partial

import pytest
from playwright.sync_api import expect

from demo.region import Size, make_region
from foundation.clock import today
from tests.journeys.conftest import PHONE
from tests.journeys.looking import faults_in_every_size

_looked_at = partial(faults_in_every_size, "grants")

# Who gives and who acts: others in each language, as an offer is made once.
PAIRS = {"ru": (5, 6), "en": (7, 8)}
WORDS = {
    "en": {
        "way": "Let somebody act for you",
        "waiting": "Waits for an answer until",
        "asked": "You are asked to act for somebody",
        "read": "Read what this person asks",
        "accept": "Accept",
        "open": "Open this record",
        "acting": "You are looking at the record of",
        "end": "Take this right back",
        "ended": "Ended",
    },
    "ru": {
        "way": "Разрешить кому-то действовать за вас",
        "waiting": "Ждёт ответа до",
        "asked": "Вас просят действовать за другого человека",
        "read": "Прочитать просьбу",
        "accept": "Принять",
        "open": "Открыть эту карту",
        "acting": "Вы смотрите карту",
        "end": "Отозвать это право",
        "ended": "Закончилось",
    },
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_right_is_offered_accepted_used_and_taken_back(sign_in, language):
    giver, friend = PAIRS[language]
    words = WORDS[language]
    person = make_region(Size.of(1.0)).citizens[friend - 1]
    here = sign_in(f"citizen-{giver:04}", language=language)
    faults = []

    here.locator('a[href="/my/delegates"]').first.click()
    faults += _looked_at(here, "empty", language)
    here.get_by_role("button", name=words["way"]).or_(here.get_by_role("link", name=words["way"])).click()
    here.get_by_label(re.compile("SNILS|СНИЛС")).fill(person.snils)
    here.locator("#birth_date").fill(str(person.birth_date))
    here.locator('input[name="scopes"][value="bookings"]').check()
    here.locator("#last_day").fill(str(today() + timedelta(days=20)))
    here.locator("#words").fill("Пожалуйста, следите за моими записями.")
    faults += _looked_at(here, "form", language)
    here.locator("main form button").click()
    expect(here.locator("main")).to_contain_text(words["waiting"])
    faults += _looked_at(here, "waiting", language)

    there = sign_in(f"citizen-{friend:04}", language=language, size=PHONE)
    expect(there.locator("main")).to_contain_text(words["asked"])
    faults += _looked_at(there, "first page", language)
    there.get_by_role("link", name=re.compile(words["read"])).click()
    faults += _looked_at(there, "offer", language)
    there.get_by_role("button", name=words["accept"], exact=True).click()
    there.get_by_role("button", name=words["open"]).click()
    expect(there.locator(".on-behalf")).to_contain_text(words["acting"])
    assert there.goto("/my/dispatch").status == 200
    assert there.goto("/my/timeline").status == 403

    here.goto("/my/delegates")
    faults += _looked_at(here, "accepted", language)
    here.get_by_role("button", name=re.compile(words["end"])).click()
    expect(here.locator("main")).to_contain_text(words["ended"])
    faults += _looked_at(here, "ended", language)
    there.goto("/my/dispatch")
    expect(there).to_have_url(re.compile("/sign-in"))
    assert faults == []
