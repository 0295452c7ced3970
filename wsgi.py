"""The door. Servers call `wsgi:create_web()` and `wsgi:create_events()`; the flask command finds `create_app`."""

import sys
from collections.abc import Callable

from flask import Flask

import app_factory
from foundation.errors import CannotRun
from foundation.own_folder import told_of
from foundation.postgres.connections import DatabaseUnreachable
from foundation.settings import SettingsRefused

COULD_NOT_RUN = 2


def _made(make: Callable[[], Flask]) -> Flask:
    try:
        return make()
    except (CannotRun, DatabaseUnreachable, SettingsRefused) as refusal:
        told = str(refusal)
    except OSError as fault:
        told = told_of(fault)
    print(told, file=sys.stderr)
    sys.exit(COULD_NOT_RUN)


def create_app() -> Flask:
    """For commands, which choose their own role and connect themselves."""
    return _made(app_factory.create_app)


def create_web() -> Flask:
    """The pages, connected as center_web."""
    return _made(app_factory.create_web)


def create_events() -> Flask:
    """The live board's stream, connected as center_web."""
    return _made(app_factory.create_events)
