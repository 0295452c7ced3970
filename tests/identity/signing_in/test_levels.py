"""Whoever is proven too weakly is told so, and not that their record or their post could not be found."""

from dataclasses import replace

import pytest

from identity.providers.demo_profiles import demo_profiles
from identity.providers.refusals import ProviderDown
from identity.providers.registry import Providers
from identity.providers.relying_party import RelyingParty
from tests.identity.journeys import card_of
from tests.identity.provider_process import leave_for, show_card, sign_in_with_card, signing_in_through
from tests.pages import read

WAYS = {"a citizen": "/sign-in/demo", "a doctor": "/staff/sign-in/demo-desk"}
WORDS = {"en": "not surely enough to open a medical record", "ru": "уровень подтверждения слишком низкий"}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("asked", "status"), [("high", 400), ("low", 403)])
def test_the_reason_is_the_level(app, client, people, provider, way, asked, status, language):
    known = people.doctor() if "staff" in way else people.patient()
    card = provider.know(sub=f"sub-{known.id}", snils=known.snils, birth_date="1960-05-03")
    own = provider.settings
    parties = [
        RelyingParty(replace(each, request=replace(each.request, levels=(asked,))))
        for each in demo_profiles(own)
    ]

    with signing_in_through(app, own, Providers({each.profile.name: each for each in parties})):
        callback = show_card(leave_for(client, way), card, "low")
        answer = client.get(callback, headers={"Accept-Language": language})

    assert answer.status_code == status
    assert WORDS[language] in read(answer)
    assert not any(each in read(answer) for each in ("opened twice", "staff register", "reception", "дважды"))


def test_a_provider_that_is_away_is_not_said_to_be_the_reader_s_mistake(
    client, people, provider, monkeypatch
):
    def away(*_args, **_kwargs):
        raise ProviderDown("answer")

    monkeypatch.setattr(RelyingParty, "complete_sign_in", away)

    answer = sign_in_with_card(client, card_of(provider, people.patient()))

    assert answer.status_code == 502
    assert "opened twice" not in read(answer) and "дважды" not in read(answer)
