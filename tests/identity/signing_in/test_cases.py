"""Cases that went wrong elsewhere: a callback opened again, a page asked for and not reached, a foreign address to return to."""

import re
from urllib.parse import urlsplit

import pytest

from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, card_of
from tests.identity.provider_process import leave_for, show_card
from tests.pages import filled

# How a foreign address is disguised, and one of ours that only looks foreign.
FOREIGN = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "https:evil.example",
    "https://evil.example",
    "/.//evil.example",
    "/%09/evil.example",
]
OWN = "/my/timeline?from=https://other.example/"


@pytest.fixture
def card(people, provider):
    return card_of(provider, people.patient())


def test_a_spent_callback_leads_whoever_is_signed_in_to_their_first_page(client, card, right_outcome):
    assert "sent to their first page" in right_outcome("callback-again")
    callback = show_card(leave_for(client, "/sign-in/demo"), card)
    client.get(callback)
    held = client.get_cookie(CITIZEN_COOKIE).value

    again = [client.get(callback) for _ in range(2)]

    assert [(each.status_code, each.location) for each in again] == [(303, "/my")] * 2
    assert client.get_cookie(CITIZEN_COOKIE).value == held
    assert client.get("/my").status_code == 200


def test_the_page_that_was_asked_for_is_the_one_that_opens(client, card, right_outcome):
    asked, reached = re.match(
        r"(\S+) asked while signed out -> after sign-in (\S+)", right_outcome("page-asked-for")
    ).groups()
    page = client.get(client.get(asked).location, headers=ENGLISH)

    leaving = client.post("/sign-in/demo", data=filled(page))

    assert client.get(show_card(leaving.location, card)).location == reached


@pytest.mark.parametrize("address", FOREIGN)
def test_no_spelling_of_an_address_leads_to_another_site(client, card, address, right_outcome):
    assert right_outcome("own-addresses-only").startswith(
        "Never another origin; own address with a URL inside"
    )
    leaving = client.post("/sign-in/demo", data={"asked_for": address})

    ways = [
        client.post("/language", data={"language": "en", "next": address}).location,
        client.get(show_card(leaving.location, card)).location,
    ]

    assert [(urlsplit(way).netloc, way[:2] in ("//", "/\\")) for way in ways] == [("", False)] * 2


def test_an_address_of_our_own_with_another_inside_its_query_stays(client, card):
    leaving = client.post("/sign-in/demo", data={"asked_for": OWN})

    assert client.post("/language", data={"language": "en", "next": OWN}).location == OWN
    assert client.get(show_card(leaving.location, card)).location == OWN
