"""What can befall a command, told in one sentence: a stack trace would quote what it was working on."""

import copy
import sys
from functools import wraps
from typing import Any, NoReturn

import click
import psycopg2
from sqlalchemy.exc import SQLAlchemyError

from foundation import logs
from foundation.errors import Refusal
from foundation.settings import SettingsRefused

COULD_NOT_RUN = 2


def in_plain_words(command: click.Command) -> click.Command:
    """The same command; refusals and faults of the database end it with one sentence and exit code 2."""
    work = command.callback
    if work is None:
        return command

    @wraps(work)
    def told(*args: Any, **keywords: Any) -> Any:
        try:
            return work(*args, **keywords)
        except (Refusal, SettingsRefused, OSError) as refusal:
            _stop(str(refusal))
        except (SQLAlchemyError, psycopg2.Error) as fault:
            logs.fault("command.failed", fault, command=command.name)
            _stop(f"The database cannot be used ({type(fault).__name__}).")

    guarded = copy.copy(command)
    guarded.callback = told
    return guarded


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(COULD_NOT_RUN)
