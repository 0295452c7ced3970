"""A provider may say that a second factor was given: as its profile reads its words, and no older than they are."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.clock import now
from identity.providers.demo_profiles import demo_profiles
from identity.providers.person import authenticated_person
from identity.providers.profile import SecondFactorWords
from identity.providers.registry import Providers
from identity.providers.relying_party import RelyingParty
from identity.sessions.tables.sessions import Session
from tests.architecture.walking import token_for
from tests.identity.emergencies.factories import WORDS
from tests.identity.journeys import ENGLISH
from tests.identity.provider_process import parameters_of, sign_in_with_card, signing_in_through
from tests.identity.providers.tokens import PROFILE, good_claims
from tests.identity.signing_in.test_staff_sign_in import WAY, card_of
from tests.pages import read

WORDS_OF_PROFILE = SecondFactorWords(acr=("urn:two",), amr=("mfa", "pin"))


@pytest.mark.parametrize(
    ("claims", "given"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"amr": ["pwd"]}, False),
        ({"acr": "urn:two"}, True),
        ({"acr": ["urn:two"]}, False),
        ({"amr": "mfa"}, False),
        ({"amr": [["mfa"], {"mfa": 1}, 7]}, False),
        ({"amr": ["mfa"], "auth_time": None}, False),
        ({}, False),
    ],
)
def test_the_words_of_the_profile_decide(claims, given):
    profile = replace(PROFILE, second_factor=WORDS_OF_PROFILE)
    told = {"amr": ["mfa"], "acr": "urn:two", "sub": "somebody"}

    assert authenticated_person(profile, token=good_claims(**claims), userinfo=told).second_factor is given


def test_without_such_words_nothing_is_believed():
    claims = good_claims(amr=["mfa"], acr="urn:two")

    assert not authenticated_person(PROFILE, token=claims, userinfo={}).second_factor


@pytest.fixture
def telling_provider(app, provider):
    """The demo provider, whose `pin` is taken for a second factor of staff."""
    told = [
        replace(profile, second_factor=SecondFactorWords(amr=("pin",)))
        for profile in demo_profiles(provider.settings)
    ]
    providers = Providers({profile.name: RelyingParty(profile) for profile in told})
    with signing_in_through(app, provider.settings, providers):
        yield provider


def _emergency(browser, patient):
    typed = {
        "snils": patient.snils,
        "birth_date": patient.birth_date.isoformat(),
        "reason": "other",
        "words": WORDS,
        "csrf_token": token_for(browser),
        "idempotency_key": str(now()),
    }
    return browser.post("/staff/emergencies", data=typed, headers=ENGLISH)


def test_who_has_just_given_it_there_is_not_asked_here(
    client, people, telling_provider, required, as_administrator
):
    doctor = people.doctor()

    sign_in_with_card(client, card_of(telling_provider, doctor), way=WAY)

    assert _emergency(client, people.patient()).status_code == 303
    with as_administrator() as connection:
        asked = select(Session.second_factor, Session.second_factor_at, Session.authenticated_at)
        kind, at, authenticated_at = connection.execute(asked.where(Session.staff_id == doctor.id)).one()
    assert (kind, at) == ("provider", authenticated_at)


def test_whose_is_too_old_is_sent_there_to_give_it_anew(
    client, people, telling_provider, required, as_administrator
):
    doctor = people.doctor()
    sign_in_with_card(client, card_of(telling_provider, doctor), way=WAY)
    with as_administrator() as connection:
        connection.execute(
            Session.__table__.update()
            .where(Session.staff_id == doctor.id)
            .values(second_factor_at=now() - timedelta(minutes=6))
        )

    page = _emergency(client, people.patient())

    assert page.status_code == 403
    assert "Or prove it where you signed in." in read(page)
    anew = client.post(WAY, data={"anew": "y"})
    assert parameters_of(anew.location)["max_age"] == "0"
    assert parameters_of(client.post(WAY).location)["max_age"] != "0"


def test_a_provider_that_tells_of_none_is_not_offered(client, people, provider, required):
    sign_in_with_card(client, card_of(provider, people.doctor()), way=WAY)

    page = _emergency(client, people.patient())

    assert page.status_code == 403
    assert "Or prove it where you signed in." not in read(page)
