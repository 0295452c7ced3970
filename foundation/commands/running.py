"""What the commands of all rooms share: the loader's transactions, progress, and one plain sentence where one cannot run.

A command ends with 0 where it did its work and accounted for everything, with 1 where what it checks is not as it should
be or all that it was given was refused, with 3 where some of it was, and with 2 where it could not run.
"""

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import click
import psycopg2
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from foundation import logs
from foundation.actor import Actor
from foundation.commands.preflight import ready_url
from foundation.database.process_engines import connected
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import Busy, CannotRun, DiskFull, Refusal
from foundation.own_folder import told_of
from foundation.postgres.connections import DatabaseUnreachable
from foundation.postgres.roles import LOADER
from foundation.settings import SettingsRefused
from foundation.verifications import Verifier, begin, go_on
from foundation.web.current_settings import current_settings

# How a command ends that found what it checks not as it should be, and one that could not run.
BROKEN, COULD_NOT_RUN = 1, 2
# How one ends that refused everything, and one that refused some.
ALL_REFUSED, SOME_REFUSED = 1, 3
CONNECTIONS = 4
# What a command writes is nobody else's on this machine, however the shell is set that it was typed into.
OWN_FILES_ONLY = 0o077
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Transactions = Callable[[], AbstractContextManager[ActorSession]]


def stop(sentence: str) -> NoReturn:
    """Say why the command cannot run, and end it."""
    click.echo(sentence, err=True)
    sys.exit(COULD_NOT_RUN)


def exit_code_for(*, refused: int, of: int) -> int:
    """How a command ends that refused so many of what it was given."""
    if not refused:
        return 0
    return ALL_REFUSED if refused >= of else SOME_REFUSED


@contextlib.contextmanager
def _writing_for_nobody_else() -> Iterator[None]:
    before = os.umask(OWN_FILES_ONLY)
    try:
        yield
    finally:
        os.umask(before)


def with_readable_errors(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Run a command in the application's context, writing for nobody else; what can befall it becomes one sentence."""

    @wraps(command)
    @_writing_for_nobody_else()
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except DiskFull:
            stop(
                "The disk of the database is full. Make room there and run it again; what was not finished was not kept."
            )
        except Busy:
            stop("The database cannot be reached, or has too much to do. Try again in a moment.")
        except (CannotRun, DatabaseUnreachable, Refusal, SettingsRefused) as refusal:
            stop(str(refusal))
        except psycopg2.errors.InsufficientPrivilege as fault:
            logs.fault("command.failed", fault)
            stop(
                f"The login in DATABASE_URL may not do this ({fault.diag.message_primary}): it has to be able to make roles, "
                "and to own the database."
            )
        except (SQLAlchemyError, psycopg2.Error) as fault:
            logs.fault("command.failed", fault)
            stop(f"The database cannot be used ({type(fault).__name__}).")
        except OSError as fault:
            stop(told_of(fault))

    return with_appcontext(run)


@contextlib.contextmanager
def loader_transactions(*, waits_for_room: bool = False) -> Iterator[Transactions]:
    """Transactions as center_loader, for the duration of the block.

    Args:
        waits_for_room: as of `ready_url`.
    """
    ready = ready_url(current_settings(), LOADER, waits_for_room=waits_for_room)
    with ready as url, connected(url, pool_size=CONNECTIONS):
        yield lambda: transaction(Actor.system("loader"))


@contextlib.contextmanager
def progress(what: str, *, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Tells on a terminal how far the work has come; silent elsewhere.

    Args:
        total: how much there is to do, where that is known.
    """
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    end = "" if total is None else f" of {total}"
    try:
        yield lambda done: click.echo(f"\r{what} {done}{end}", err=True, nl=False)
    finally:
        click.echo(err=True)


def verify(verifier: Verifier) -> NoReturn:
    """Go through a history as the loader, print one line of JSON, and end with what was found.

    What was found is kept too, as what the worker finds every day is.
    """
    counted = " and ".join(verifier.looks)
    with loader_transactions() as transactions, progress(f"{counted.capitalize()} checked:") as on_progress:
        with transactions() as session:
            begun = begin(session, verifier)
        while begun.finished_at is None:
            with transactions() as session:
                begun = go_on(session, verifier, begun.id)
            on_progress(sum(begun.checked.values()))
    found = {**begun.checked, "broken": begun.broken}
    if unlisted := begun.breaks - len(begun.broken):
        found["unlisted"] = unlisted
    click.echo(json.dumps(found))
    sys.exit(BROKEN if begun.breaks else 0)
