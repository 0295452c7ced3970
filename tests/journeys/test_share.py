"""A citizen shows a doctor outside a part of the record by a link; the doctor sees it, and is out when the link is taken back."""

import re
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE
from tests.journeys.looking import faults_in_every_size
from tests.journeys.pictures import keep_picture

_looked_at = partial(faults_in_every_size, "share")

# Has a record of several kinds, and images of a broken wrist.
CITIZEN, NAME = "citizen-0003", re.compile("Мельников|Melnikov")
WORDS = {
    "en": {
        "way": "Show to a doctor",
        "let": "Let a doctor see",
        "on": "Go on",
        "make": "Make the link",
        "open": "Open",
        "look": "Look at the images",
        "back": "Take the link back",
        "revoked": "You took it back",
        "closed": "What you looked at is closed",
        "by": "By your link",
        "leave": "Leave",
        "left": "You have left the record",
        "nothing": "open nothing",
    },
    "ru": {
        "way": "Показать врачу",
        "let": "Дать врачу посмотреть",
        "on": "Продолжить",
        "make": "Сделать ссылку",
        "open": "Открыть",
        "look": "Посмотреть снимки",
        "back": "Отозвать ссылку",
        "revoked": "Вы её отозвали",
        "closed": "То, что вы смотрели, закрыто",
        "by": "По вашей ссылке",
        "leave": "Выйти",
        "left": "Вы вышли из карты",
        "nothing": "ничего не открывается",
    },
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_stranger_sees_the_chosen_part_and_is_out_when_it_is_taken_back(sign_in, open_page, language):
    words, faults = WORDS[language], []
    here = sign_in(CITIZEN, language=language)
    here.locator('a[href="/my/shares"]').first.click()
    faults += _looked_at(here, "empty", language)
    here.get_by_role("button", name=words["let"]).or_(here.get_by_role("link", name=words["let"])).click()
    faults += _looked_at(here, "form", language)
    here.locator("#for_whom").fill(f"Кардиолог, Самара ({language})")
    here.locator('input[name="kinds"][value="result"]').check()
    here.get_by_role("button", name=words["on"], exact=True).click()
    faults += _looked_at(here, "check", language)
    here.get_by_role("button", name=words["make"]).click()
    link, code = _told(here)
    expect(here.locator("svg.segno")).to_be_visible()
    faults += _looked_at(here, "made", language)

    there = open_page(language=language, size=PHONE)
    there.goto(link)
    expect(there.locator("#link")).to_be_hidden()
    assert "#" not in there.url
    faults += _looked_at(there, "door", language)
    _open(there, words, "0000000000")
    expect(there.locator("main")).to_contain_text(words["nothing"])
    assert not NAME.search(there.locator("body").inner_text())
    faults += _looked_at(there, "refused", language)
    _open(there, words, code)
    expect(there.locator("h1")).to_contain_text(NAME)
    faults += _looked_at(there, "record", language)
    kinds = set(
        there.locator('select[name="kind"] option').evaluate_all("each => each.map(one => one.value)")
    )
    assert kinds <= {"", "result"}
    there.locator("a.entry__link").first.click()
    faults += _looked_at(there, "entry", language)
    assert all("/sign-in?" in there.goto(each).url for each in ("/my", "/my/access"))
    there.goto("/shared/record")

    here.goto("/my/access")
    expect(here.locator("main")).to_contain_text(words["by"])
    faults += _looked_at(here, "log", language)
    here.goto("/my/shares")
    faults += _looked_at(here, "list", language)
    here.get_by_role("button", name=re.compile(words["back"])).first.click()
    expect(here.locator("main")).to_contain_text(words["revoked"])
    there.reload()
    expect(there.locator("main")).to_contain_text(words["closed"])
    faults += _looked_at(there, "closed", language)
    assert faults == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_study_that_is_shown_opens_in_the_viewer(sign_in, open_page, language):
    words, faults = WORDS[language], []
    here = sign_in(CITIZEN, language=language)
    here.goto("/my/images")
    here.get_by_role("link", name=re.compile(words["way"])).first.click()
    faults += _looked_at(here, "study form", language)
    here.locator("#for_whom").fill("Травматолог")
    here.get_by_role("button", name=words["on"], exact=True).click()
    here.get_by_role("button", name=words["make"]).click()
    link, code = _told(here)

    there = open_page(language=language)
    there.goto(link)
    _open(there, words, code)
    faults += _looked_at(there, "study", language)
    there.get_by_role("button", name=words["look"]).or_(there.get_by_role("link", name=words["look"])).click()
    expect(there.locator('[data-state="drawn"]').first).to_be_visible(timeout=30_000)
    keep_picture(there, "share", "viewer", language)
    assert there.goto("/my/images").url.endswith("sign-in?asked_for=/my/images")
    there.goto("/shared/record")
    there.get_by_role("button", name=words["leave"]).click()
    expect(there.locator("body")).to_contain_text(words["left"])
    assert faults == []


def test_a_link_opens_without_scripts(sign_in, open_page):
    here = sign_in(CITIZEN)
    here.goto("/my/shares/new")
    here.locator("#for_whom").fill("No scripts")
    here.locator('input[name="kinds"][value="note"]').check()
    here.get_by_role("button", name="Go on", exact=True).click()
    here.get_by_role("button", name="Make the link").click()
    link, code = _told(here)

    there = open_page(java_script_enabled=False)
    there.goto(link)
    there.locator("#link").fill(link)
    _open(there, WORDS["en"], code)

    expect(there.locator("h1")).to_contain_text(NAME)


def _told(page):
    """The link and the code that the page shows once."""
    return page.locator("#shared-link").inner_text(), page.locator("#shared-code").inner_text()


def _open(page, words, code):
    page.locator("#code").fill(code)
    page.locator("#name").fill("Гостев Илья Ильич")
    page.locator("#workplace").fill("Больница № 9, Самара")
    page.get_by_role("button", name=words["open"], exact=True).click()
