"""`load-dispatch-reference` and `verify-dispatch`, as an operator runs them."""

import json
import shutil
from functools import partial

import pytest
from sqlalchemy import delete, insert, select, text

from dispatch_backend.services.actions import REFERENCE
from dispatch_backend.services.tables import Service
from foundation.identifiers import new_id


@pytest.fixture
def load(command):
    return partial(command, "load-dispatch-reference")


def test_the_reference_is_entered_once(load):
    load()

    again = load()

    nothing = {"services": 0, "services_described": 0, "waiting_terms": 0, "calendar_days": 0}
    assert (again.exit_code, json.loads(again.stdout)) == (0, nothing)


@pytest.fixture
def older_service(as_administrator):
    """A service as a database of before there were texts for patients knows it."""
    code = f"T-{new_id()}"
    values = {"code": code, "kind": "test", "name_en": "Old name", "name_ru": "Прежнее имя"}
    with as_administrator() as connection:
        connection.execute(insert(Service).values(**values, preparation_en="", preparation_ru=""))
    yield code
    with as_administrator() as connection:
        connection.execute(delete(Service).where(Service.code == code))


@pytest.fixture
def told_of(load, tmp_path, as_administrator):
    """Loads a table of one service, and tells how the database describes it then."""

    def told(code: str, **words: str):
        row = {"code": code, "kind": "test", "name_en": "Blood test", "name_ru": "Анализ крови", **words}
        shutil.copy(REFERENCE / "waiting_terms.tsv", tmp_path)
        table = "\t".join(row) + "\n" + "\t".join(row.values()) + "\n"
        (tmp_path / "services.tsv").write_text(table, encoding="utf-8")
        result = load("--folder", tmp_path)
        assert result.exit_code == 0, result.stderr
        texts = select(Service.name_en, Service.name_ru, Service.preparation_en, Service.preparation_ru)
        with as_administrator() as connection:
            return json.loads(result.stdout), connection.execute(texts.where(Service.code == code)).one()

    return told


def test_texts_reach_a_service_that_was_known_before_them(older_service, told_of):
    words = {"preparation_en": "Come without breakfast.", "preparation_ru": "Приходите натощак."}

    account, texts = told_of(older_service, **words)

    assert account == {"services": 0, "services_described": 1, "waiting_terms": 0, "calendar_days": 0}
    assert texts == ("Blood test", "Анализ крови", *words.values())
    assert told_of(older_service, **words)[0]["services_described"] == 0


def test_a_table_that_has_no_column_for_a_text_leaves_it_as_it_is(older_service, told_of):
    words = {"preparation_en": "Come without breakfast.", "preparation_ru": "Приходите натощак."}
    told_of(older_service, **words)

    account, texts = told_of(older_service, name_en="Blood count")

    assert account["services_described"] == 1
    assert texts == ("Blood count", "Анализ крови", *words.values())


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
