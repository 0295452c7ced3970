"""What the archive's commands share: the loader's transactions, one plain sentence when they cannot run."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, NoReturn, TypeVar
from uuid import UUID

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from foundation.actor import Actor
from foundation.connections import reachable
from foundation.database import connect, disconnect, transaction
from foundation.database_roles import LOADER
from foundation.errors import Refusal
from foundation.web import current_settings
from identity import queries as identity

COULD_NOT_RUN = 2
Command = TypeVar("Command", bound=Callable[..., Any])
Transactions = Callable[[], AbstractContextManager[Session]]


def stop(sentence: str) -> NoReturn:
    """Say why the command cannot run, and end it."""
    click.echo(sentence, err=True)
    sys.exit(COULD_NOT_RUN)


def in_plain_words(command: Command) -> Command:
    """Turn what can befall a command into one sentence and exit 2."""

    @wraps(command)
    def said(*args: object, **kwargs: object) -> object:
        try:
            return command(*args, **kwargs)
        except Refusal as refusal:
            stop(str(refusal))
        except SQLAlchemyError as fault:
            stop(f"The database cannot be used ({type(fault).__name__}).")
        except OSError as fault:
            stop(f"This cannot be done: {fault.strerror or fault}.")

    return said  # type: ignore[return-value]


@contextlib.contextmanager
def loader() -> Iterator[Transactions]:
    """Transactions as center_loader, for the duration of the block."""
    with reachable(current_settings(), LOADER) as url:
        connect(url, pool_size=4)
        try:
            yield lambda: transaction(Actor.system("loader"))
        finally:
            disconnect()


def patient_named(session: Session, text: str) -> UUID:
    """The patient with this id or SNILS; ends the command where there is none."""
    with contextlib.suppress(ValueError):
        return identity.patient_card(session, UUID(text), Actor.system("loader")).id
    known = list(identity.patients_known_as(session, text))
    if len(known) != 1:
        stop("There is no such patient.")
    return known[0]


def facility_named(session: Session, code: str) -> UUID:
    """The facility with this code; ends the command where there is none."""
    facility = identity.facility_by_code(session, code)
    if facility is None:
        stop("There is no such facility.")
    return facility.id


def progress(total: int, what: str) -> Callable[[int], None]:
    """Tells on a terminal how far the work has come; silent elsewhere."""
    if not sys.stderr.isatty():
        return lambda _done: None

    def told(done: int) -> None:
        click.echo(f"\r{what} {done} of {total}", err=True, nl=done >= total)

    return told
