"""What every command shares: plain sentences, the loader's transactions, progress."""

import io
import os
import sys

import click
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError

import app_factory
from foundation.commands.running import loader_transactions, progress, stop, with_readable_errors
from foundation.database import process_engines
from foundation.errors import NotFound
from foundation.postgres.roles import LOADER
from tests.connections import own_connections

NOBODY = "postgresql://center_loader:secret@127.0.0.1:1/nothing"


@pytest.fixture
def run(app, settings, postgres):
    """Run a command on the test database, or on another; other tests keep their connection."""

    def ran(*words, url="", command=None):
        made = app_factory.create_app(
            settings.model_copy(update={"database_url": url or postgres.url(LOADER)})
        )
        with own_connections():
            result = made.test_cli_runner().invoke(command, args=[str(word) for word in words])
            return result, process_engines._engines is None

    return ran


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (NotFound("Record not found."), "Record not found."),
        (OperationalError("SELECT", {}, Exception("p")), "The database cannot be reached, or has too much to do."),
        (DataError("SELECT", {}, Exception("patient")), "The database cannot be used (DataError)."),
        (FileNotFoundError(2, "No such file", "/a/b"), "This cannot be done: No such file (/a/b)."),
        (OSError("there is no database yet"), "This cannot be done: there is no database yet."),
    ],
)  # fmt: skip
def test_what_befalls_a_command_is_said_in_one_sentence(run, fault, sentence):
    @click.command
    @with_readable_errors
    def befallen():
        with loader_transactions() as transactions, transactions():
            raise fault

    result, disconnected = run(command=befallen)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1
    assert disconnected


def test_a_command_that_stops_itself_says_why(run):
    @click.command
    @with_readable_errors
    def stopped():
        stop("There is nothing to do.")

    result, _ = run(command=stopped)

    assert (result.exit_code, result.stderr) == (2, "There is nothing to do.\n")


def test_the_loader_works_under_its_own_role_and_disconnects(run):
    @click.command
    @with_readable_errors
    def asking():
        with loader_transactions() as transactions, transactions() as session:
            click.echo(session.scalar(text("SELECT current_user || ' ' || foundation.actor_kind()")))

    result, disconnected = run(command=asking)

    assert (result.exit_code, result.stdout) == (0, "center_loader system\n")
    assert disconnected


@pytest.mark.parametrize(
    "words",
    [
        ["import-fhir", "--facility", "X", __file__],
        ["rebuild-summaries"],
        ["verify-record"],
        ["verify-dispatch"],
        ["verifications"],
        ["import-dicom", "--facility", "X", __file__],
        ["assign-study", "1.2.3", "11223344595"],
        ["load-dispatch-reference"],
    ],
)
def test_a_command_without_a_database_says_so(run, words):
    result, disconnected = run(*words, url=NOBODY)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("The database cannot be reached")
    assert "secret" not in result.stderr
    assert disconnected


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("total", "end"), [(3, " of 3"), (None, "")])
def test_progress_is_told_on_a_terminal(monkeypatch, total, end):
    monkeypatch.setattr(sys, "stderr", seen := Terminal())

    with progress("Importing", total=total) as on_progress:
        on_progress(1)
        on_progress(3)

    assert seen.getvalue() == f"\rImporting 1{end}\rImporting 3{end}\n"


def test_progress_is_silent_elsewhere(monkeypatch):
    monkeypatch.setattr(sys, "stderr", seen := io.StringIO())

    with progress("Importing", total=3) as on_progress:
        on_progress(3)

    assert seen.getvalue() == ""


@pytest.fixture
def careless_shell():
    """A shell that makes what is written readable to everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_what_a_command_writes_is_nobody_elses(careless_shell, run, tmp_path):
    @click.command
    @with_readable_errors
    def writing():
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "file").write_text("of somebody")

    result, _ = run(command=writing)

    assert result.exit_code == 0
    assert {each.stat().st_mode & 0o077 for each in (tmp_path / "folder").rglob("*")} == {0}
    assert (tmp_path / "folder").stat().st_mode & 0o077 == 0
    assert os.umask(0o022) == 0o022
