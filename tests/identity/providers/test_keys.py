"""Keys change while people sign in; whoever sends nonsense must not make us ask the provider without end."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from identity.providers.keys import MOST_LOOKED_FOR, KeyCache, TokenKind
from identity.providers.refusals import ProviderDown, SignInRefused
from tests.identity.providers.tokens import EC_KEY, KEY, STRANGER, good_claims, key_set, signed, verified


class Publisher:
    """A provider's key address under our control, with a clock beside it."""

    def __init__(self, *keys: RSAKey) -> None:
        self.document = key_set(*keys)
        self.asked = 0
        self.away = False
        self.silence: Callable[[], object] = lambda: None
        self.time = 1000.0

    def __call__(self) -> dict[str, object]:
        self.asked += 1
        self.silence()
        if self.away:
            raise ProviderDown("answer")
        return self.document

    def cache(self) -> KeyCache:
        return KeyCache(self, max_age_s=3600, min_refetch_s=30, clock=lambda: self.time)


def test_keys_are_asked_for_once():
    publisher = Publisher(KEY)
    cache = publisher.cache()

    for _ in range(3):
        verified(signed(good_claims()), cache=cache)

    assert publisher.asked == 1


def test_a_new_key_id_is_looked_up():
    publisher = Publisher(KEY)
    cache = publisher.cache()
    verified(signed(good_claims()), cache=cache)
    publisher.document, publisher.time = key_set(EC_KEY), publisher.time + 31

    assert verified(signed(good_claims(), EC_KEY), cache=cache)


def test_a_key_that_changed_under_its_old_id_is_looked_up():
    publisher = Publisher(KEY)
    cache = publisher.cache()
    verified(signed(good_claims()), cache=cache)
    publisher.document, publisher.time = key_set(STRANGER), publisher.time + 31

    assert verified(signed(good_claims(), STRANGER), cache=cache)


def test_keys_without_any_id_may_change_too():
    first, second = (RSAKey.generate_key(2048, auto_kid=False) for _ in range(2))
    publisher = Publisher(first)
    cache = publisher.cache()
    verified(_without_id(first), cache=cache)
    publisher.document, publisher.time = key_set(second), publisher.time + 31

    assert verified(_without_id(second), cache=cache)


@pytest.mark.parametrize("kept_id", [False, True], ids=["a new id", "the old id"])
def test_a_key_that_changed_a_moment_ago_refuses_nobody(kept_id):
    publisher = Publisher(KEY)
    cache = publisher.cache()
    verified(signed(good_claims()), cache=cache)
    newer = EC_KEY if not kept_id else STRANGER
    publisher.document, publisher.time = key_set(newer), publisher.time + 1

    assert verified(signed(good_claims(), newer), cache=cache)


def test_messages_of_unknown_keys_use_up_nothing_of_what_sign_ins_may_ask():
    publisher = Publisher(KEY)
    cache = publisher.cache()
    verified(signed(good_claims()), cache=cache)
    for number in range(50):
        cache.refreshed(TokenKind.MESSAGE, f"unknown {number}")
    assert publisher.asked == 1 + MOST_LOOKED_FOR

    publisher.document = key_set(EC_KEY)

    assert verified(signed(good_claims(), EC_KEY), cache=cache)


def test_nonsense_makes_us_ask_at_once_and_then_at_most_every_half_minute():
    publisher = Publisher(KEY)
    cache = publisher.cache()

    for _ in range(20):
        with pytest.raises(SignInRefused):
            verified(signed(good_claims(), STRANGER, kid="unknown"), cache=cache)
        publisher.time += 2

    assert publisher.asked == 3


def test_old_keys_serve_while_the_provider_is_away():
    publisher = Publisher(KEY)
    cache = publisher.cache()
    verified(signed(good_claims()), cache=cache)
    publisher.away, publisher.time = True, publisher.time + 4000

    assert verified(signed(good_claims()), cache=cache)


def test_without_any_key_nobody_is_believed():
    publisher = Publisher(KEY)
    publisher.away = True

    with pytest.raises(ProviderDown):
        verified(signed(good_claims()), cache=publisher.cache())


@pytest.mark.parametrize("known", [True, False], ids=["with old keys", "without any key"])
def test_a_silent_provider_is_asked_at_most_every_half_minute(known):
    publisher = Publisher(KEY)
    cache = publisher.cache()
    if known:
        verified(signed(good_claims()), cache=cache)
    publisher.away, publisher.asked, publisher.time = True, 0, publisher.time + 4000

    for _ in range(20):
        with suppress(ProviderDown, SignInRefused):
            verified(signed(good_claims(), STRANGER, kid="unknown"), cache=cache)
        publisher.time += 2

    assert publisher.asked == 2


def test_old_keys_serve_at_once_while_somebody_waits_for_the_provider():
    publisher = Publisher(KEY)
    cache = publisher.cache()
    cache.keys()
    publisher.time += 4000
    asked, answers = threading.Event(), threading.Event()
    publisher.silence = lambda: (asked.set(), answers.wait(30))
    waits = threading.Thread(target=cache.keys)
    waits.start()
    asked.wait(30)
    began = time.monotonic()

    served = cache.keys()

    took_s = time.monotonic() - began
    answers.set()
    waits.join()
    assert served
    assert took_s < 5


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"keys": "none"},
        {"keys": [7, None, {}]},
        {"keys": [{"kty": "RSA", "n": "x", "e": "!"}]},
        {"keys": [{"kty": []}]},
    ],
)
def test_a_broken_key_set_verifies_nothing(document):
    with pytest.raises(SignInRefused):
        verified(signed(good_claims()), cache=KeyCache(lambda: document))


def _without_id(key: RSAKey) -> str:
    return jws.serialize_compact({"alg": "RS256"}, json.dumps(good_claims()), key)
