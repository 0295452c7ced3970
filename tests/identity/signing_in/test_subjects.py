"""By its subject an account is known: whatever length a provider may give it, no two people ever share one."""

from dataclasses import replace

import pytest

from identity.providers.person import authenticated_person
from identity.providers.profile import Claims
from identity.providers.refusals import SignInRefused
from identity.providers.verifier import LONGEST_NAME
from tests.identity.providers.tokens import PROFILE, good_claims, signed, verified


@pytest.mark.parametrize("length", [1, 200, 201, LONGEST_NAME])
def test_every_subject_that_the_verifier_takes_is_kept_whole(length):
    subject = "s" * length

    claims = verified(signed(good_claims(sub=subject)))

    assert authenticated_person(PROFILE, token=claims, userinfo={}).subject == subject


def test_a_longer_one_is_refused():
    with pytest.raises(SignInRefused):
        verified(signed(good_claims(sub="s" * (LONGEST_NAME + 1))))


@pytest.mark.parametrize("told", [{}, {"person": ""}, {"person": 7}, {"person": "s" * (LONGEST_NAME + 1)}])
def test_nobody_arrives_without_a_subject(told):
    elsewhere = replace(PROFILE, claims=replace(Claims(), subject="/person"))

    with pytest.raises(SignInRefused) as caught:
        authenticated_person(elsewhere, token=good_claims(**told), userinfo={})

    assert caught.value.reason == "claims.subject"
