"""The database writes canonical JSON and digests byte for byte as the application does, whatever stands in it."""

import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from foundation.canonical_json import canonical_json, digest_of, read_json
from foundation.identifiers import new_id

BOTH = text("SELECT foundation.canonical_json(v), foundation.digest_of(v) FROM CAST(:value AS jsonb) AS v")
# What a jsonb can hold: no NUL, no half of a pair.
TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=12)
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20), st.decimals(-(10**9), 10**9, places=4), st.decimals(0, 1, places=20)
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


def _in_database(connection, value):
    return tuple(connection.execute(BOTH, {"value": canonical_json(value)}).one())


@given(VALUES)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_value_is_written_as_the_application_writes_it(engines, value):
    with engines["owner"].connect() as connection:
        assert _in_database(connection, value) == (canonical_json(value), digest_of(value))


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        "",
        {"b": Decimal("1.10"), "a": Decimal("100.0"), "": 0, "ы": "🩺", "Z": {"aa": [[], {}], "a": None}},
        read_json('{"low": 0.00000120, "big": 1E+2, "zero": -0.0, "n": 7, "long": 123456789012345678901234567890.10}'),
        "".join(map(chr, range(1, 0x80))) + "\x85\u2028\ufeff\uffff",
        {"\U0001f600": 1, "\uffff": 2, "é": 3, "e\u0301": 4, '"\\/': 5},
    ],
)  # fmt: skip
def test_what_encoders_differ_about_is_written_the_same(engines, value):
    with engines["owner"].connect() as connection:
        assert _in_database(connection, value) == (canonical_json(value), digest_of(value))


def test_what_was_sent_by_others_is_written_the_same(engines, shared_data):
    found = sorted((shared_data / "fhir").rglob("*.json"), key=lambda file: file.stat().st_size)[:60]
    assert len(found) > 20
    with engines["owner"].connect() as connection:
        for file in found:
            try:
                value = read_json(file.read_text(encoding="utf-8"))
            except (UnicodeDecodeError, json.JSONDecodeError):
                continue
            if "\\u0000" not in canonical_json(value):
                assert _in_database(connection, value) == (canonical_json(value), digest_of(value)), file


def test_a_number_of_a_history_follows_the_one_before(engines):
    follows = "SELECT number, previous_sha256 FROM foundation.next_link({}, {})"
    link, nothing = "(2, now(), 'a', 'b')::foundation.link", "(NULL, NULL, NULL, NULL)::foundation.link"
    with engines["owner"].connect() as connection:
        ask = lambda last, given: tuple(connection.execute(text(follows.format(last, given))).one())  # noqa: E731

        assert ask(link, nothing) == (3, "b")
        assert ask(nothing, nothing) == (1, "")
        assert ask("NULL", nothing) == (1, "")


def test_identifiers_are_hashed_as_texts(engines):
    identity = new_id()
    with engines["owner"].connect() as connection:
        digest = connection.scalar(
            text("SELECT foundation.digest_of(jsonb_build_object('entry', CAST(:id AS uuid), 'number', 2))"),
            {"id": identity},
        )

    assert digest == digest_of({"entry": identity, "number": 2})
