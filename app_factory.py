"""Puts the rooms together; nobody imports it but wsgi.py and the tests."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, current_app

import foundation.language.page_environment
from foundation import clock, logs, sealing
from foundation.actor import Actor
from foundation.chores import Chore
from foundation.database.process_engines import connect, make_engine
from foundation.database.transactions import ActorSession, transaction
from foundation.outbox import Handler
from foundation.personal_copies import CopyPart
from foundation.postgres.connections import serving_url
from foundation.postgres.passwords import set_further_passwords
from foundation.postgres.roles import LOADER, WEB, derived_passwords
from foundation.settings import Profile, SecondFactorDemand, Settings, load_settings
from foundation.verifications import Verifier
from foundation.web import assets, compression, health, own_addresses, refusals, responses
from identity import authorization
from identity.roles import DISPATCHING, SHARE, STAFF_ROLES, Role
from identity.second_factors.queries.demands import set_second_factor_required
from identity.sessions.queries.sessions import set_session_limits
from identity.sessions.rules.endings import SessionLimits

ROUTES = (
    "foundation.web.routes",
    "identity.routes",
    "archive_gateway.routes",
    "dispatch_backend.routes",
    "emr.routes",
    "portal.routes",
    "interop.routes",
)
COMMANDS = (
    "foundation.commands.operation",
    "identity.commands",
    "archive_gateway.commands",
    "dispatch_backend.commands",
    "emr.commands",
)

# What identity must be told of the rooms above it, which it never looks at.
STAFF_ADDRESSES = ("/emr", "/dispatch", "/staff", "/registry", "/privacy", "/administration")
ASKED_BY_SCRIPTS = ("/dispatch/queue", "/dispatch/events", "/my/session", "/staff/session")
# Whose work has no page of its own yet begins at the desk that all staff have.
FIRST_PAGES = {
    **dict.fromkeys(STAFF_ROLES, "identity.desks.show"),
    Role.PATIENT: "portal.home.show",
    SHARE: "portal.shared.show",
    Role.DOCTOR: "emr.patients.index",
    **dict.fromkeys(DISPATCHING, "dispatch.queue.index"),
    Role.TRIAGER: "dispatch.triage.index",
    Role.RADIOLOGIST: "emr.reading.index",
    Role.MINISTRY_ANALYST: "dispatch.reports.index",
    Role.SCHEDULE_KEEPER: "dispatch.schedules.index",
    Role.NURSE: "emr.patients.index",
    Role.PRIVACY_OFFICER: "portal.answers.index",
    Role.REGISTRAR: "identity.registry.show",
    Role.ADMINISTRATOR: "identity.administration.show",
}

# For whoever asks without the proxy in front: health checks, and a demo.
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")

LARGEST_FORM_BYTES = 2 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """The web application with every room; it reaches for the database only when it is asked something."""
    settings = settings or load_settings()
    app = Flask(__name__, static_folder="static", static_url_path="/static")
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=[settings.further_secret_key] if settings.further_secret_key else None,
        SESSION_COOKIE_NAME="__Host-form" if settings.secure else "form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=LARGEST_FORM_BYTES,
        # A long text pasted into a note must come as far as the sentence that says how long is too long.
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM_BYTES,
    )
    app.extensions["handlers"] = handlers()
    app.extensions["chores"] = chores()
    app.extensions["copy_parts"] = copy_parts
    app.extensions["verifiers"] = verifiers()
    app.extensions["after_migrating"] = after_migrating()
    _start(app, settings)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    compression.init_app(app)
    responses.init_app(app)
    assets.init_app(app)
    own_addresses.init_app(app)
    _install_sign_in_guard(app)
    for module in ROUTES:
        app.register_blueprint(import_module(module).blueprint)
    demo = () if settings.profile is Profile.PRODUCTION else ("demo.commands",)
    for module in (*COMMANDS, *demo):
        for command in import_module(module).COMMANDS:
            app.cli.add_command(command)
    return app


def create_web(settings: Settings | None = None) -> Flask:
    """The web application, connected to the database as center_web: what gunicorn serves."""
    app = create_app(settings)
    connect(serving_url(app.extensions["settings"], WEB))
    return app


def create_events(settings: Settings | None = None) -> Flask:
    """The event process: the live board's stream of changes, apart from the pages so that nobody starves."""
    from dispatch_backend.worklist.routes import events

    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.config[refusals.SHOWS_NO_PAGES] = True
    _start(app, settings)
    responses.init_app(app)
    _install_sign_in_guard(app)
    app.register_blueprint(events.blueprint)
    app.register_blueprint(health.blueprint)
    connect(serving_url(settings, WEB))
    return app


def _start(app: Flask, settings: Settings) -> None:
    """What the pages and the event process begin with."""
    app.extensions["settings"] = settings
    app.config["TRUSTED_HOSTS"] = [urlsplit(settings.public_url).hostname or "", *THIS_MACHINE]
    logs.configure_logging(settings.log_level)
    clock.set_zone(settings.region_time_zone)
    sealing.set_key(settings.secret_key, settings.further_secret_key)
    _set_session_limits(settings)
    set_second_factor_required(settings.second_factor is SecondFactorDemand.REQUIRED)
    further = settings.further_secret_key
    set_further_passwords(derived_passwords(further) if further and settings.database_url else {})
    foundation.language.page_environment.init_app(app)


def _set_session_limits(settings: Settings) -> None:
    idle = (settings.citizen_idle_s, settings.staff_idle_s)
    limits = (timedelta(seconds=each) for each in (*idle, settings.longest_session_s))
    set_session_limits(SessionLimits(*limits))


def _install_sign_in_guard(app: Flask) -> None:
    app.extensions["first_pages"] = FIRST_PAGES
    app.extensions["registrars_queue"] = _waiting_conflicts
    authorization.init_app(
        app,
        staff_addresses=STAFF_ADDRESSES,
        asked_by_scripts=ASKED_BY_SCRIPTS,
        keep_unsent_form=_keep_unsent_form,
        is_anothers_form=_is_anothers_form,
    )


def _keep_unsent_form(sent: Mapping[str, str]) -> authorization.UnsentForm | None:
    """The long forms of the desk, which only their own room knows."""
    from emr.drafts.routes.unsent_forms import answer_unsent_form

    return answer_unsent_form(sent)


def _is_anothers_form(sent: Mapping[str, str], actor: Actor) -> bool:
    from emr.drafts.routes.unsent_forms import is_anothers_form

    return is_anothers_form(sent, actor)


def _waiting_conflicts(session: ActorSession) -> int:
    """What waits for a registrar in another room, for their first page to tell."""
    from emr.conflicts.queries import waiting_conflicts

    return waiting_conflicts(session)


def chores() -> Sequence[Chore]:
    """What the worker tidies, and counts."""
    from dispatch_backend.reports.actions import count_once_a_day
    from emr.drafts.actions import sweep_drafts
    from foundation.reading_pace import sweep_readings
    from identity.record_requests.actions import sweep_record_requests
    from identity.shares.actions import sweep_share_tries

    return (sweep_drafts, sweep_readings, sweep_record_requests, sweep_share_tries, count_once_a_day)


def copy_parts() -> Sequence[CopyPart]:
    """What a person's copy of all their data is made of, room by room; the list of who looked is added by the portal."""
    from archive_gateway.copies.queries import COPY_PARTS as OF_IMAGES
    from dispatch_backend.copies.queries import COPY_PARTS as OF_REFERRALS
    from emr.hidings.queries import COPY_PARTS as OF_HIDINGS
    from identity.copies.queries import COPY_PARTS as OF_IDENTITY
    from interop.actions import COPY_PARTS as OF_RECORD
    from portal.copies.queries import COPY_PARTS as OF_PORTAL

    return (*OF_RECORD, *OF_HIDINGS, *OF_REFERRALS, *OF_IMAGES, *OF_PORTAL, *OF_IDENTITY)


def verifiers() -> Sequence[Verifier]:
    """What the worker goes through once a day."""
    from dispatch_backend.referrals.queries.integrity import DISPATCH_VERIFIER
    from emr.summaries.queries.integrity import RECORD_VERIFIER

    return (DISPATCH_VERIFIER, RECORD_VERIFIER)


def after_migrating() -> Sequence[Callable[[ActorSession], str]]:
    """What a new version does once its tables are there, each in one transaction; each tells what it did."""
    from emr.summaries.actions import rebuild_outdated, relabel_outdated

    # The lines go by the labels.
    return (relabel_outdated, rebuild_outdated)


def _carry_out_answer(_session: ActorSession, payload: Mapping[str, Any]) -> None:
    """What a registrar answered changes the register and the record, which the worker may not: the loader does it."""
    from emr.conflicts.actions import carry_out_answer

    with _loading() as as_loader:
        carry_out_answer(as_loader, payload)


def _redraw_record(_session: ActorSession, payload: Mapping[str, Any]) -> None:
    """What other lines of the record may tell of an entry that was hidden or shown: drawn by the loader, who may."""
    from emr.summaries.actions import rebuild_patient

    with _loading() as as_loader, as_loader() as session:
        rebuild_patient(session, UUID(payload["patient_id"]))


@contextmanager
def _loading() -> Iterator[Callable[[], AbstractContextManager[ActorSession]]]:
    """Transactions of the loader, one after the other."""
    settings: Settings = current_app.extensions["settings"]
    loading = make_engine(settings.loader_database_url or serving_url(settings, LOADER), pool_size=1)
    try:
        yield lambda: transaction(Actor.system("loader"), on=loading)
    finally:
        loading.dispose()


def _send_confirmation(session: ActorSession, payload: Mapping[str, Any]) -> None:
    from identity.contact_points.sending import send_confirmation

    send_confirmation(session, payload, current_app.extensions["settings"])


def _send_sign_in(session: ActorSession, payload: Mapping[str, Any]) -> None:
    from identity.contact_points.sending import send_sign_in

    extensions = current_app.extensions
    send_sign_in(session, payload, extensions["settings"], extensions["identity_providers"])


def handlers() -> Mapping[str, Sequence[Handler]]:
    """Who hears of what: the only way in which something flows upward between rooms."""
    from dispatch_backend.deaths.actions import close_after_death, reopen_after_undoing
    from portal.notices import actions as notices

    return {
        "entry.signed": (notices.add_entry_notice,),
        "referral.sent": (notices.add_referral_notice,),
        "referral.booked": (notices.add_booking_notice,),
        "booking.cancelled": (notices.add_cancellation_notice,),
        "referrals.loaded": (notices.add_loaded_referral_notices,),
        "record.imported": (notices.add_import_notice,),
        "study.arrived": (notices.add_study_notice,),
        "objection.answered": (notices.add_objection_notice,),
        "erasure.answered": (notices.add_erasure_notice,),
        "emergency.opened": (notices.add_emergency_notice,),
        "account.linked": (notices.add_account_notice,),
        "emergency.judged": (notices.add_verdict_notice,),
        "conflict.answered": (_carry_out_answer,),
        "entry.hidden": (_redraw_record,),
        "entry.shown": (_redraw_record,),
        "death.recorded": (close_after_death,),
        "death.undone": (reopen_after_undoing, notices.add_undone_death_notice),
        "merge.recorded": (notices.add_merge_notice,),
        "merge.undone": (notices.add_undone_merge_notice,),
        "guardian.entered": (notices.add_guardian_notice,),
        "guardian.ended": (notices.add_guardian_end_notice,),
        "delegation-offer.accepted": (notices.add_grant_notice,),
        "delegation-offer.declined": (notices.add_declined_grant_notice,),
        "contact-point.entered": (notices.add_contact_notice,),
        "contact-point.ended": (notices.add_contact_end_notice,),
        "mail.contact-link": (_send_confirmation,),
        "mail.sign-in": (_send_sign_in,),
    }
