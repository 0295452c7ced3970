"""While the secret is being changed, a connection opens with the password of either."""

import psycopg2
import pytest

from foundation.postgres.passwords import opened_as, set_further_passwords


@pytest.fixture(autouse=True)
def none_afterwards():
    yield
    set_further_passwords({})


def server(right):
    def connect(other):
        if other.get("password", "of the first secret") != right:
            raise psycopg2.OperationalError("password authentication failed")
        return "open"

    return connect


@pytest.mark.parametrize("right", ["of the first secret", "of the further secret"])
def test_either_password_opens(right):
    set_further_passwords({"center_web": "of the further secret"})

    assert opened_as("center_web", server(right)) == "open"


@pytest.mark.parametrize(
    ("role", "right"), [("center_web", "neither"), ("postgres", "of the further secret")]
)
def test_no_other_does(role, right):
    set_further_passwords({"center_web": "of the further secret"})

    with pytest.raises(psycopg2.OperationalError):
        opened_as(role, server(right))


def test_without_a_further_secret_nothing_is_tried_twice():
    tried = []

    def connect(other):
        tried.append(other)
        raise psycopg2.OperationalError

    with pytest.raises(psycopg2.OperationalError):
        opened_as("center_web", connect)
    assert tried == [{}]
