"""Whoever was on the way somewhere arrives there: after signing in, in two tabs at once, and on a callback opened again."""

import pytest

from identity.roles import Role
from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, STAFF_COOKIE, card_of
from tests.identity.provider_process import leave_for, show_card
from tests.pages import filled, offered
from tests.people import give_post

FOREIGN = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/my\nLocation: //evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
]


@pytest.fixture
def card(people, provider):
    return card_of(provider, people.patient())


def led_to_sign_in(browser, address):
    """Ask for a page while nobody is signed in; the page that one is led to."""
    answer = browser.get(address)
    assert answer.status_code == 303
    return browser.get(answer.location, headers=ENGLISH)


def signed_in_from(browser, page, card, way="/sign-in/demo"):
    """Press the button of the sign-in page and choose a card; where that leads."""
    leaving = browser.post(way, data=filled(page))
    answer = browser.get(show_card(leaving.location, card))
    assert answer.status_code == 303, answer.text
    return answer.location


def test_the_page_that_was_asked_for_opens_after_signing_in(client, card):
    page = led_to_sign_in(client, "/my/timeline?kind=vital&year=2020")

    assert "Sign in to open the page that you asked for." in page.text
    assert signed_in_from(client, page, card) == "/my/timeline?kind=vital&year=2020"


def test_after_a_session_s_end_one_is_told_so_and_returns(client, card):
    client.set_cookie(CITIZEN_COOKIE, "a-session-of-yesterday")

    page = led_to_sign_in(client, "/my/images")

    assert "Your session has ended." in page.text
    assert signed_in_from(client, page, card) == "/my/images"


def test_a_form_sent_after_a_session_s_end_leads_back_to_its_page(client, people, provider):
    doctor, patient = people.doctor(), people.patient()
    card = provider.know(sub=f"sub-{doctor.id}", snils=doctor.snils, birth_date="1970-01-01")
    client.set_cookie(STAFF_COOKIE, "a-session-of-yesterday")
    stood_on = f"/emr/patients/{patient.id}/entries/new"

    answer = client.post(
        f"/emr/patients/{patient.id}/entries",
        data={"complaints": "cough"},
        headers={"Referer": f"http://localhost{stood_on}"},
    )
    page = client.get(answer.location, headers=ENGLISH)

    assert answer.status_code == 303
    assert "so it was not carried out" in page.text
    assert signed_in_from(client, page, card, way="/staff/sign-in/demo-desk") == stood_on


def test_a_foreign_page_that_sends_a_form_is_not_returned_to(client):
    answer = client.post("/staff/post", headers={"Referer": "https://evil.example/staff/post"})

    assert answer.location == "/staff/sign-in?why=unsent"


def test_whoever_signed_out_in_another_window_hears_that_the_form_was_not_carried_out(client):
    answer = client.post("/emr/searches", data={"query": "x"})

    assert "so it was not carried out" in client.get(answer.location, headers=ENGLISH).text


@pytest.mark.parametrize("address", FOREIGN)
def test_nobody_is_led_to_another_site(client, card, address):
    leaving = client.post("/sign-in/demo", data={"asked_for": address})

    assert client.get(show_card(leaving.location, card)).location == "/my"


@pytest.mark.parametrize("address", ["/emr", "/dispatch", "/sign-in", "/language", "/no-such-page"])
def test_a_page_that_is_not_theirs_is_not_the_one_they_begin_at(client, card, address):
    leaving = client.post("/sign-in/demo", data={"asked_for": address})

    assert client.get(show_card(leaving.location, card)).location == "/my"


@pytest.mark.parametrize("asked", ["/emr?q=Ivanova", "/staff/post?asked_for=/emr?q%3DIvanova"])
def test_who_chooses_a_post_first_arrives_all_the_same(client, people, provider, as_loader, asked):
    doctor = people.doctor()
    with as_loader() as session:
        give_post(session, doctor.id, people.facility(), Role.DOCTOR)
    card = provider.know(sub=f"sub-{doctor.id}", snils=doctor.snils, birth_date="1970-01-01")
    page = led_to_sign_in(client, asked)

    choice = signed_in_from(client, page, card, way="/staff/sign-in/demo-desk")
    form = client.get(choice)
    meanwhile = client.get("/emr?q=Petrova")
    answer = client.post("/staff/post", data=filled(form, post=offered(form, "post")[0]))

    assert answer.location == "/emr?q=Ivanova"
    # Whoever opens another page before they have chosen arrives at that one.
    assert meanwhile.location == "/staff/post?asked_for=/emr?q%3DPetrova"


def test_a_callback_opened_again_leads_on_while_one_is_signed_in(client, card):
    callback = show_card(leave_for(client, "/sign-in/demo"), card)
    client.get(callback)
    held = client.get_cookie(CITIZEN_COOKIE).value

    again = client.get(callback)

    assert (again.status_code, again.location) == (303, "/my")
    assert client.get_cookie(CITIZEN_COOKIE).value == held


@pytest.mark.parametrize("first", [0, 1])
def test_two_tabs_that_sign_in_at_once_both_arrive(client, card, first):
    tabs = ["/my/images", "/my/access"]
    leaving = [client.post("/sign-in/demo", data={"asked_for": tab}).location for tab in tabs]
    order = [first, 1 - first]

    arrived = [client.get(show_card(leaving[tab], card)).location for tab in order]

    assert arrived == [tabs[tab] for tab in order]
    assert client.get("/my/images").status_code == 200
