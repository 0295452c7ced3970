"""Puts the rooms together; nobody imports it but wsgi.py and the tests."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from flask import Flask

import foundation.language
import foundation.web
from foundation import assets, clock, compression, logs, sealing
from foundation.connections import url_to_serve
from foundation.database import connect
from foundation.database_roles import WEB
from foundation.outbox import Handler
from foundation.settings import Profile, Settings, load_settings
from identity import guards
from identity.rules.roles import Role

ROOMS = ("foundation", "identity", "archive_gateway", "dispatch_backend", "emr", "portal", "interop")

# What identity must be told of the rooms above it, which it never looks at.
STAFF_ADDRESSES = ("/emr", "/dispatch", "/staff")
ASKED_BY_SCRIPTS = ("/dispatch/queue", "/dispatch/events")
FIRST_PAGES = {
    Role.PATIENT: "portal.home.show",
    Role.DOCTOR: "emr.patients.index",
    Role.DISPATCHER: "dispatch.referrals.index",
}

LARGEST_FORM_BYTES = 2 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The web application with every room; it reaches for the database only when it is asked something."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-form" if settings.secure else "form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=LARGEST_FORM_BYTES,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.extensions["settings"] = settings
    app.extensions["handlers"] = handlers()
    logs.start(settings.log_level)
    clock.set_zone(settings.region_time_zone)
    sealing.start(settings.secret_key)
    foundation.language.start(app)
    compression.start(app)
    foundation.web.start(app)
    assets.start(app)
    _let_in(app)
    for room in ROOMS:
        _open(app, room)
    if settings.profile is not Profile.PRODUCTION:
        _register_commands(app, "demo.commands")
    return app


def create_web(settings: Settings | None = None) -> Flask:
    """The web application, connected to the database as center_web: what gunicorn serves."""
    app = create_app(settings)
    connect(url_to_serve(app.extensions["settings"], WEB))
    return app


def create_events(settings: Settings | None = None) -> Flask:
    """The event process: the live board's stream of changes, apart from the pages so that nobody starves."""
    from dispatch_backend.routes import events

    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.config[foundation.web.SHOWS_NO_PAGES] = True
    app.extensions["settings"] = settings
    logs.start(settings.log_level)
    clock.set_zone(settings.region_time_zone)
    sealing.start(settings.secret_key)
    foundation.language.start(app)
    foundation.web.start(app)
    _let_in(app)
    app.register_blueprint(events.blueprint)
    connect(url_to_serve(settings, WEB))
    return app


def _let_in(app: Flask) -> None:
    app.extensions["first_pages"] = FIRST_PAGES
    guards.start(app, staff_addresses=STAFF_ADDRESSES, asked_by_scripts=ASKED_BY_SCRIPTS)


def handlers() -> Mapping[str, Sequence[Handler]]:
    """Who hears of what: the only way in which something flows upward between rooms."""
    from portal import actions as portal

    return {
        "entry.signed": (portal.notice_entry,),
        "referral.sent": (portal.notice_referral,),
        "referral.booked": (portal.notice_booking,),
        "booking.cancelled": (portal.notice_cancellation,),
        "study.arrived": (portal.notice_study,),
    }


def _open(app: Flask, room: str) -> None:
    app.register_blueprint(import_module(f"{room}.routes").blueprint)
    _register_commands(app, f"{room}.routes.commands")


def _register_commands(app: Flask, module: str) -> None:
    try:
        commands = import_module(module).COMMANDS
    except ModuleNotFoundError as missing:
        if missing.name != module:
            raise
        return
    for command in commands:
        app.cli.add_command(command)
