"""The door. Servers call `wsgi:create_web()` and `wsgi:create_events()`; the flask command finds `create_app`."""

import sys
from collections.abc import Callable

from flask import Flask

import app_factory
from foundation.postgres.connections import DatabaseUnreachable
from foundation.settings import SettingsRefused


def _made(make: Callable[[], Flask]) -> Flask:
    try:
        return make()
    except (DatabaseUnreachable, SettingsRefused) as refusal:
        sys.exit(str(refusal))


def create_app() -> Flask:
    """For commands, which choose their own role and connect themselves."""
    return _made(app_factory.create_app)


def create_web() -> Flask:
    """The pages, connected as center_web."""
    return _made(app_factory.create_web)


def create_events() -> Flask:
    """The live board's stream, connected as center_web."""
    return _made(app_factory.create_events)
