"""What is sealed says its key and opens for its purpose alone; what was sealed before still opens."""

import os

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation import sealing
from foundation.sealing import current_head, keyed_digest, keyed_digests, seal, set_key, unseal

OLD, NEW = "the key of before, long enough for it", "the key of after, as long as the other"


@pytest.fixture(autouse=True)
def own_keys():
    before = dict(sealing._keys)
    yield
    sealing._keys.clear()
    sealing._keys.update(before)


def former(text):
    """As values were sealed before they said their key."""
    nonce = os.urandom(12)
    return nonce + AESGCM(sealing._keys["all"][0].seal).encrypt(nonce, text.encode(), None)


def test_a_sealed_value_opens_for_its_purpose_alone():
    set_key(OLD)
    sealed = seal("112-233-445 95", "patient identifier")

    assert unseal(sealed, "patient identifier") == "112-233-445 95"
    for purpose in ("staff identifier", "", "patient identifier "):
        with pytest.raises(InvalidTag):
            unseal(sealed, purpose)


@pytest.mark.parametrize("place", [0, 3, 8, 20, -1])
def test_a_value_that_was_changed_does_not_open(place):
    set_key(OLD)
    sealed = bytearray(seal("112-233-445 95", "x"))
    sealed[place] ^= 1

    with pytest.raises(InvalidTag):
        unseal(bytes(sealed), "x")


def test_a_sealed_value_says_its_key():
    set_key(OLD)
    before, head = seal("a", "x"), current_head()
    set_key(NEW, OLD)

    assert before.startswith(head)
    assert not before.startswith(current_head())
    assert seal("a", "x").startswith(current_head())


def test_what_was_sealed_before_values_said_their_key_still_opens():
    set_key(OLD)
    sealed = former("112-233-445 95")

    assert unseal(sealed, "patient identifier") == "112-233-445 95"
    set_key(NEW, OLD)
    assert unseal(sealed, "patient identifier") == "112-233-445 95"


def test_while_the_key_is_changed_either_process_opens_what_the_other_seals():
    set_key(OLD, NEW)
    by_the_former = seal("a", "x")
    set_key(NEW, OLD)
    by_the_newer = seal("b", "x")

    for keys in ((OLD, NEW), (NEW, OLD)):
        set_key(*keys)
        assert (unseal(by_the_former, "x"), unseal(by_the_newer, "x")) == ("a", "b")


def test_afterwards_the_former_key_opens_nothing():
    set_key(OLD)
    sealed, was_former = seal("a", "x"), former("a")
    set_key(NEW)

    for each in (sealed, was_former, b"", b"S2", b"short"):
        with pytest.raises(InvalidTag):
            unseal(each, "x")


def test_what_is_looked_up_is_looked_up_under_both_keys():
    set_key(OLD)
    before = keyed_digest("a")
    set_key(NEW, OLD)

    assert keyed_digests("a") == [keyed_digest("a"), before]
    set_key(NEW, NEW)
    assert len(keyed_digests("a")) == 1
