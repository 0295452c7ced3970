"""Cases that went wrong elsewhere and show only in a browser: Back after signing out, a far time zone, paper."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import expect

DIABETIC = "citizen-0001"
DOCTOR = "staff-0230"
PATIENT = "Мельников"
READ_AS = re.compile(f"{PATIENT}|Melnikov")
ZONES = ["America/New_York", "Pacific/Kiritimati", "Asia/Yekaterinburg"]
MEANWHILE = timedelta(minutes=10)
# By what the service knows a page or a thing is not for paper.
INTERNAL = re.compile(r"https?://|/my/|/emr/|\(Link:|[0-9a-f]{8}-[0-9a-f]{4}-")
FOLDED = """
    [...document.querySelectorAll("details:not([open])")]
        .filter(each => each.checkVisibility() && !each.lastElementChild.checkVisibility()).length
"""
A4_PX = {"width": 794, "height": 1123}
PRINTED_AFTER = """
    [...document.querySelectorAll("a")]
        .map(link => getComputedStyle(link, "::after").content + getComputedStyle(link, "::before").content)
"""


def test_back_after_signing_out_shows_the_sign_in_page_alone(sign_in, right_outcome):
    assert right_outcome("back-after-sign-out") == "Back shows the sign-in page only; pages carry no-store."
    page = sign_in(DIABETIC)
    for address in ("/my", "/my/timeline", "/my/dispatch"):
        assert page.goto(address).headers["cache-control"] == "no-store"
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("/signed-out"))

    for _ in range(3):
        page.go_back()
        expect(page).to_have_url(re.compile("/(sign-in|signed-out|session/end)"))
        assert "HbA1c" not in page.content()


def test_a_time_is_the_region_s_from_wherever_one_looks(sign_in, right_outcome):
    assert "from every zone; the form's clock is the region's" in right_outcome("other-time-zones")

    seen = [_times_in(sign_in, zone) for zone in ZONES]

    assert seen[0][0]
    assert [each[0] for each in seen] == [seen[0][0]] * len(ZONES)
    # The form is filled in with now, which goes on meanwhile.
    assert max(each[1] for each in seen) - min(each[1] for each in seen) < MEANWHILE


def _times_in(sign_in, zone: str):
    """The times that the patient's own page tells, and the one that a doctor's form begins with."""
    citizen = sign_in("citizen-0003", timezone_id=zone)
    citizen.goto("/my/dispatch")
    told = re.findall(
        r"\d{2}[./]\d{2}[./]\d{4}|\d{1,2} [A-Z][a-z]+ \d{4}|\d{2}:\d{2}", citizen.inner_text("main")
    )
    doctor = _chart(sign_in, timezone_id=zone)
    doctor.locator('a[href$="/entries/new"]').click()
    return told, datetime.fromisoformat(doctor.locator('[name="seen_at"]').input_value())


@pytest.mark.parametrize("language", ["ru", "en"])
def test_paper_of_a_record_says_whose_it_is_and_nothing_of_the_machinery(sign_in, language, right_outcome):
    assert "name and birth date on every paper of a record" in right_outcome("print")
    citizen, doctor = sign_in("citizen-0003", language=language), _chart(sign_in, language=language)
    papers = [(citizen, address) for address in ("/my/timeline", "/my/dispatch", _first_entry(citizen))]
    papers += [(doctor, doctor.url), (doctor, _first_of(doctor, 'a[href^="/emr/entries/"]'))]

    faults = [fault for page, address in papers for fault in _faults_on_paper(page, address)]

    assert faults == []


def _chart(sign_in, **looks):
    page = sign_in(DOCTOR, staff=True, **looks)
    page.goto("/emr")
    page.locator('input[name="text"]').fill(PATIENT)
    page.locator('form[role="search"] button').click()
    page.get_by_role("link", name=READ_AS).first.click()
    page.wait_for_load_state()
    return page


def _first_entry(page):
    page.goto("/my/timeline")
    return _first_of(page, ".entry__link")


def _first_of(page, links: str) -> str:
    return page.locator(links).first.get_attribute("href")


# Browsers repeat the head of a table on each sheet, if no flexible box is around it.
HEADED = """() => {
  const head = document.querySelector('main > .only-print, .chart-header, .patient-banner');
  const style = getComputedStyle(head);
  return style.display === 'table-header-group' && style.breakInside === 'avoid'
    && getComputedStyle(head.parentElement).display === 'table' && getComputedStyle(document.body).display === 'block';
}"""


# Where a browser may part it, a table goes on from sheet to sheet.
IN_ONE_PIECE = """() => [...document.querySelectorAll('main table')]
  .filter(each => getComputedStyle(each).breakInside !== 'auto').length"""


def _faults_on_paper(page, address: str) -> list[str]:
    """What a sheet of A4 with this page on it would hold too much, or not at all."""
    page.set_viewport_size(A4_PX)
    page.goto(address)
    page.emulate_media(media="print")
    text = page.inner_text("body")
    controls = page.locator("button, select, input, textarea, nav").filter(visible=True)
    faults = {
        "a control": controls.count() > 0,
        "an address": INTERNAL.search(text) is not None,
        "an address beside a link": any(
            INTERNAL.search(each) or "attr(" in each for each in page.evaluate(PRINTED_AFTER)
        ),
        "a table that leaves a sheet half empty": page.evaluate(IN_ONE_PIECE) > 0,
        "something folded": page.evaluate(FOLDED) > 0,
        "cut text": page.evaluate("document.documentElement.scrollWidth") > A4_PX["width"],
        "nobody's name": PATIENT not in text,
        "nobody's name from the second sheet on": not page.evaluate(HEADED),
        "nobody's birth date": not re.search(r"\b(19|20)\d\d\b", text),
    }
    page.emulate_media(media="screen")
    return [f"{address}: {fault}" for fault, found in faults.items() if found]
