"""`load-dispatch-reference` and `verify-dispatch`, as an operator runs them."""

import json
import shutil
from functools import partial

import pytest
from sqlalchemy import text

from dispatch_backend.services.actions import REFERENCE


@pytest.fixture
def load(command):
    return partial(command, "load-dispatch-reference")


def test_the_reference_is_entered_once(load):
    load()

    again = load()

    assert (again.exit_code, json.loads(again.stdout)) == (0, {"services": 0, "waiting_terms": 0})


@pytest.mark.parametrize(
    ("services", "sentence"),
    [
        (None, "This cannot be done: No such file or directory"),
        ("code\tkind\nX\tnonsense\n", "The tables in"),
        ("something else\n1\n", "The tables in"),
    ],
)
def test_tables_that_cannot_be_read_are_told_in_one_sentence(load, tmp_path, services, sentence):
    shutil.copy(REFERENCE / "waiting_terms.tsv", tmp_path)
    if services:
        (tmp_path / "services.tsv").write_text(services)

    result = load("--folder", tmp_path)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert str(tmp_path) in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_whole_history_is_verified(command, desk):
    desk.booked(desk.sent(), desk.slot())

    result = command("verify-dispatch")

    assert result.exit_code == 0
    account = json.loads(result.stdout)
    assert account["broken"] == []
    assert account["events"] >= 2


@pytest.fixture
def broken_event(engines, desk):
    """A referral whose reason somebody above every grant and trigger has changed, until the test is over."""
    referral_id = desk.sent()

    def changed(to: str) -> None:
        with engines["administrator"].begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(
                text("UPDATE dispatch.referral_event SET reason = :to WHERE referral_id = :id"),
                {"to": to, "id": referral_id},
            )

    changed("another")
    yield str(referral_id)
    changed("")


def test_a_history_that_was_changed_behind_our_back_ends_the_check_with_1(command, broken_event):
    result = command("verify-dispatch")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["broken"] == [{"referral": broken_event, "number": 1, "why": "content"}]
