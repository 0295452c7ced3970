"""Every page of every role, in both languages, for a desk and a phone: no barrier that axe finds, nothing cut off.

The pages are found as a person finds them, by following links from the first page; an address that shows a page and
was not reached fails the test, so that a new page cannot be forgotten.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.exceptions import HTTPException

from demo.region import make_region
from foundation.settings import Settings
from tests.journeys.barriers import barriers_of, broken_numbers_of, width_of
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.pictures import keep_picture

# A desk at 200 % zoom is half as wide; text at 200 % keeps the desk's width (WCAG 2.2, 1.4.4 and 1.4.10).
ZOOMED = {"width": DESK["width"] // 2, "height": DESK["height"] // 2}
LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
KEPT = make_region().facility_named["Orenburg Diagnostic Centre"]
# Who walks through which pages, from where. The doctor works where the citizen with the broken wrist was treated.
VISITORS = {
    "stranger": ("", "/"),
    "citizen": ("citizen-0003", "/my"),
    "doctor": ("staff-0230", "/emr"),
    "dispatcher": ("staff-0001", "/dispatch"),
    "analyst": ("staff-0322", "/dispatch/reports"),
    # By a choice, and not by a link, a keeper comes to the schedules of a facility.
    "schedule keeper": ("staff-0321", f"/dispatch/schedules?facility={KEPT.id}"),
    "head": ("staff-0318", "/staff/desk"),
    "radiologist": ("staff-0316", "/emr/reading"),
    "triager": ("staff-0319", "/dispatch/triage"),
    "officer": ("staff-0323", "/privacy/objections"),
    "registrar": ("staff-0314", "/registry"),
    "administrator": ("staff-0324", "/administration"),
}
PATIENT = "Мельников"
READ_AS = re.compile(f"{PATIENT}|Melnikov")
# Pages that look different though their address is of a known kind.
OTHER_LOOKS = {
    "stranger": (
        "/record-requests/made",
        "/record-requests/linked",
        "/nowhere",
        "/sign-in/demo/callback?state=invented&code=invented",
    ),
    "citizen": ("/my/timeline?kind=result", "/my/access?whose=everyone", "/my/access?thing=entries"),
    "doctor": (),
    "registrar": (),
    "administrator": (),
    "dispatcher": (
        "/dispatch?step=book_again",
        "/dispatch?step=await_visit",
        "/dispatch?step=record_outcome",
    ),
    "analyst": ("/dispatch",),  # a page of another work
    "schedule keeper": ("/dispatch/schedules",),
    "head": (),
    "officer": ("/dispatch",),
    "triager": (),
    "radiologist": (),
}
# GET addresses that are no pages: machines, files, returns from the provider.
NO_PAGES = (
    "archive.",
    "emr_archive.",
    "interop.",
    "foundation.health",
    "dispatch.programme.spreadsheet",
    "dispatch.reports.spreadsheet",
    "dispatch.reports.table",
    "portal.access_tables",
    "portal.copy_files",
    "portal.visits",
    *(f"{room}.proof_documents" for room in ("dispatch", "emr", "portal")),
    "static",
)
NOT_REACHED_BY_LINKS = {
    "dispatch.queue.show",  # the part of the console that the live board fetches
    # Files, no pages; and nobody in the demo region has one.
    "emr.documents.show",
    "portal.documents.show",
    # Nobody in the demo region has asked about an access yet.
    "portal.answers.new",
    # Nor asked that something be erased: test_consents.py walks there.
    "portal.erasure_answers.new",
    "portal.erasures.show",
    # Nobody has opened a record in an emergency.
    "identity.verdicts.new",
    "portal.objections.show",
    # Nor does the region's law open anything there: test_legal_openings.py walks there.
    "identity.legal_openings.show",
    # From a line of somebody who looked, and nobody has looked before the citizen walks.
    "portal.objections.new",
    # By a link and a code that a citizen gave, or a file behind them: test_share.py walks there.
    "identity.share_openings.new",
    *(f"portal.shared.{page}" for page in ("show", "show_entry", "show_document", "show_study")),
    # Nobody in the demo region is offered a right: test_grants.py walks there.
    "identity.offers.show",
    "identity.callbacks.show",
    # What a page asks by itself: how long its reader stays signed in.
    "identity.sessions.show",
    "identity.staff_sessions.show",
    "identity.staff_callbacks.show",
    # At the address of these journeys there are no passkeys: test_passkeys.py walks there.
    "identity.passkeys.edit",
    "identity.passkeys.new",
    "identity.record_requests.show",  # looked at under its own address
    "identity.code_entries.show",  # looked at under its own address
    # Nobody in the demo region has asked for a record or been found by a registrar: test_registrar.py walks there.
    "identity.registry_requests.show",
    "identity.registry_patients.show",
    "identity.deaths.show",
    # No records were joined there: test_merge.py walks there.
    "identity.merge_searches.new",
    "identity.merge_searches.show",
    "identity.merges.new",
    "identity.merges.show",
    "identity.guardians.index",
    "identity.patient_contacts.index",
    "identity.contact_confirmations.new",  # from a letter: test_contact.py walks there
    # Nothing waits there that a sender told otherwise: test_conflicts.py walks there.
    "emr.conflicts.show",
    # These are looked at in test_moments.py.
    "identity.sign_outs.show",
    "identity.staff_sign_outs.show",
    "identity.posts.new",
}
MOST_PAGES = 60

_reached: dict[str, dict[str, str]] = {}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_no_page_has_a_barrier_or_is_cut_off(addresses, sign_in, open_page, visitor, language):
    page = _arrive(sign_in, open_page, visitor, language)
    pages = _pages_of(addresses, page, visitor)
    assert len(pages) > 1

    faults = []
    for kind, address in pages.items():
        page.set_viewport_size(DESK)
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        if page.locator("[data-state]").count():
            page.locator('[data-state="drawn"]').first.wait_for(timeout=90_000)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            faults += barriers_of(page)
            keep_picture(page, visitor, kind, language)
        for size in (SMALLEST, ZOOMED):
            page.set_viewport_size(size)
            faults += _too_wide(page, size) + broken_numbers_of(page)
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            page.evaluate(LARGE_TEXT)
            faults += _too_wide(page, size)
    assert faults == []


def _too_wide(page: Page, size: dict[str, int]) -> list[str]:
    width = width_of(page)
    return [f"{page.url}: {width} px wide at {size['width']}"] if width > size["width"] else []


def test_every_page_was_reached(addresses, sign_in, open_page):
    reached = set(NOT_REACHED_BY_LINKS)
    for visitor in VISITORS:
        if visitor not in _reached:
            _pages_of(addresses, _arrive(sign_in, open_page, visitor, "ru"), visitor)
        reached |= _reached[visitor].keys()

    pages = {
        rule.endpoint
        for rule in addresses.url_map.iter_rules()
        if "GET" in rule.methods and is_page(rule.endpoint)
    }

    assert sorted(pages - reached) == []


@pytest.fixture(scope="module")
def addresses(settings: Settings) -> Flask:
    """The application for its list of addresses only; the pages come from the running service."""
    import app_factory

    return app_factory.create_app(settings)


def endpoint_of(app: Flask, path: str) -> str:
    try:
        return app.url_map.bind("localhost").match(path)[0]
    except HTTPException:
        return ""


def is_page(endpoint: str) -> bool:
    return bool(endpoint) and not endpoint.startswith(NO_PAGES)


def _pages_of(app: Flask, page: Page, visitor: str) -> dict[str, str]:
    """One address for every kind of page that links lead to, and of every other look: {kind: address}."""
    if visitor not in _reached:
        if visitor == "doctor":
            _leave_a_note_unsigned(page)
            _leave_a_referral_waiting(page)
        pages = _walk(app, page, VISITORS[visitor][1])
        for address in OTHER_LOOKS[visitor]:
            pages[address] = address
            page.goto(address)
            rows = page.locator("table.queue tbody a")
            if rows.count():
                pages[f"{address}, first row"] = rows.first.get_attribute("href")
        _reached[visitor] = pages
    return _reached[visitor]


def _walk(app: Flask, page: Page, first: str) -> dict[str, str]:
    found, waiting = {endpoint_of(app, urlsplit(first).path): first}, [first]
    while waiting and len(found) < MOST_PAGES:
        page.goto(waiting.pop(0))
        if page.url.endswith("/registry"):
            _look_up(page)
            found[endpoint_of(app, urlsplit(page.url).path)] = urlsplit(page.url).path
            page.go_back()
        if page.url.endswith("/administration"):
            _look_colleagues_up(page)
            found[endpoint_of(app, urlsplit(page.url).path)] = urlsplit(page.url).path
            page.go_back()
        if page.url.endswith("/emr"):
            _search(page)
            found[endpoint_of(app, urlsplit(page.url).path)] = urlsplit(page.url).path
        for address in page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        ):
            parts = urlsplit(address)
            endpoint = endpoint_of(app, parts.path) if not parts.netloc and parts.path else ""
            if is_page(endpoint) and endpoint not in found:
                found[endpoint] = address
                waiting.append(address)
    return found


def _search(page: Page) -> None:
    """Patients are found by sending a form, because names do not belong in addresses."""
    page.locator('input[name="text"]').fill(PATIENT)
    page.locator('form[role="search"] button').click()
    expect(page.get_by_role("link", name=READ_AS)).to_be_visible()


def _look_up(page: Page) -> None:
    """A registrar finds nobody by less than a whole identity."""
    for name, typed in (("family_name", PATIENT), ("given_name", "Иван"), ("born_on", "1980-01-01")):
        page.locator(f'input[name="{name}"]').fill(typed)
    page.locator('form[role="search"] button').click()
    page.wait_for_url(re.compile("/registry/searches/"))


def _look_colleagues_up(page: Page) -> None:
    page.locator('input[name="words"]').fill("К")
    page.locator('form[role="search"] button').click()
    page.wait_for_url(re.compile("/administration/searches/"))


def _leave_a_note_unsigned(page: Page) -> None:
    """From the chart, links lead to signing and to writing on only while a note waits for its signature."""
    page.goto("/emr")
    _search(page)
    page.get_by_role("link", name=READ_AS).click()
    page.locator('a[href$="/entries/new"]').click()
    page.locator('textarea[name="plan"]').fill("Ещё не подписано")
    page.locator('button[name="next"][value="later"]').click()
    page.wait_for_url(re.compile("/emr/entries/"))
    _leave_forms_unfinished(page)


def _leave_a_referral_waiting(page: Page) -> None:
    """The chart leads to a step of a referral only while one waits for it."""
    page.goto("/emr")
    _search(page)
    page.get_by_role("link", name=READ_AS).last.click()
    page.locator('a[href$="/referrals/new"]').click()
    page.locator('[name="service"]').select_option("C-SURG")
    page.locator('[name="diagnosis_code"]').fill("S52.5")
    page.locator('[name="reason"]').fill("Пациент просит осмотра")
    page.locator('main form[method="post"] button').last.click()
    expect(page.locator('a[href$="/step"]').first).to_be_visible()


def _leave_forms_unfinished(page: Page) -> None:
    """What is typed is kept without being saved, and the chart leads back to it."""
    for form, box in (("/entries/new", "plan"), ("/referrals/new", "reason")):
        page.goto("/emr")
        _search(page)
        page.get_by_role("link", name=READ_AS).last.click()
        page.locator(f'a[href$="{form}"]').click()
        page.locator(f'textarea[name="{box}"]').fill("Ещё не дописано")
        expect(page.locator("[data-draft-state]")).not_to_be_empty()


def _arrive(
    sign_in: Callable[..., Page], open_page: Callable[..., Page], visitor: str, language: str
) -> Page:
    card = VISITORS[visitor][0]
    if not card:
        return open_page(language=language)
    return sign_in(card, staff=card.startswith("staff"), language=language)
