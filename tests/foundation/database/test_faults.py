"""A fault of the database names the rule that was broken, and nothing that stood in the row."""

import traceback

import click
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from foundation.commands.running import with_readable_errors
from foundation.database import process_engines
from foundation.postgres.embedded.running import folder_in, running
from foundation.web import refusals, responses

PERSON = "Petrov Ivan, SNILS 112-233-445 95"
NOTE = "a note that says: glucose 4.1 fasting"
TABLE = """
    CREATE TEMPORARY TABLE note (
        person text CONSTRAINT one_note_a_person UNIQUE, words text CONSTRAINT few_words CHECK (length(words) < 20),
        written date NOT NULL DEFAULT now(), number integer
    )
"""
ADD = "INSERT INTO note (person, words) VALUES (:person, :words)"
FAULTS = {
    "a duplicate key": (ADD, {"person": PERSON, "words": "short"}),
    "a check": (ADD, {"person": "another", "words": NOTE}),
    "a missing value": ("INSERT INTO note (person, written) VALUES (:person, NULL)", {"person": NOTE}),
    "a value of another type": ("INSERT INTO note (number) VALUES (:words)", {"words": NOTE}),
    "a column that is not there": ("INSERT INTO note (wrods) VALUES (:words)", {"words": NOTE}),
}


@pytest.fixture
def session(app, postgres):
    engine = process_engines.make_engine(postgres.url("postgres"), pool_size=1)
    with engine.connect() as connection:
        connection.execute(text(TABLE))
        connection.execute(text(ADD), {"person": PERSON, "words": "short"})
        yield connection
    engine.dispose()


def quotes_somebody(said):
    return any(words in said for words in (PERSON, NOTE, "Petrov", "112-233", "glucose"))


@pytest.mark.parametrize("kind", FAULTS)
def test_the_whole_trace_of_a_fault_quotes_nobody(session, kind):
    statement, values = FAULTS[kind]

    with pytest.raises(SQLAlchemyError) as caught:
        session.execute(text(statement), values)

    said = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(caught.value.orig)
    assert not quotes_somebody(said)


def test_which_rule_was_broken_is_still_told(session):
    with pytest.raises(SQLAlchemyError, match='unique constraint "one_note_a_person"') as caught:
        session.execute(text(ADD), {"person": PERSON, "words": "short"})

    assert caught.value.orig.diag.constraint_name == "one_note_a_person"


def test_a_page_that_fails_in_the_database_logs_nobody(session, told, settings):
    app = Flask(__name__)
    app.extensions["settings"] = settings
    app.config[refusals.SHOWS_NO_PAGES] = True
    responses.init_app(app)
    app.add_url_rule("/fail", view_func=lambda: session.execute(text(ADD), {"person": PERSON, "words": NOTE}))

    answer = app.test_client().get("/fail")

    assert answer.status_code == 500
    assert '"fault": "IntegrityError"' in told.getvalue()
    assert not quotes_somebody(told.getvalue() + answer.text)


def test_a_command_that_fails_in_the_database_says_so_in_one_sentence(app, session, told):
    @click.command("fail")
    @with_readable_errors
    def fail():
        session.execute(text(ADD), {"person": PERSON, "words": NOTE})

    ended = app.test_cli_runner().invoke(fail)

    assert ended.exit_code == 2
    assert ended.output == "The database cannot be used (IntegrityError).\n"
    assert '"event": "command.failed"' in told.getvalue()
    assert not quotes_somebody(told.getvalue())


def test_the_servers_own_log_quotes_nobody(tmp_path):
    with running(tmp_path, durable=False) as address:
        engine = process_engines.make_engine(address.url("postgres"), pool_size=1)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(TABLE))
            connection.execute(text(ADD), {"person": PERSON, "words": "short"})
            for statement, values in FAULTS.values():
                with pytest.raises(SQLAlchemyError):
                    connection.execute(text(statement), values)
        engine.dispose()

    assert not quotes_somebody((folder_in(tmp_path) / "server.log").read_text())
