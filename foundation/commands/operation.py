"""Commands of the ground floor: settings, migrate, work, check-mail, verifications."""

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Iterator

import click
from flask import current_app

from foundation import outbox
from foundation.chores import Rounds
from foundation.clock import now
from foundation.commands.preflight import ready_url, require_same_time
from foundation.commands.running import BROKEN, loader_transactions, with_readable_errors
from foundation.database.process_engines import connect
from foundation.mail import mail_server_of, try_mail_server
from foundation.metrics.exposition import exposition
from foundation.metrics.figures import Pulse, figures
from foundation.metrics.server import serving
from foundation.own_folder import require_usable
from foundation.postgres.connections import reachable_url, require_compatible_database
from foundation.postgres.roles import OWNER, WORKER, derived_passwords, prepare_roles
from foundation.settings import Settings
from foundation.verifications import EVERY, DailyVerifications, last_verifications
from foundation.web.current_settings import current_settings


@click.command("settings")
def settings() -> None:
    """List every setting, its meaning and its present value."""
    for name, field in Settings.model_fields.items():
        value = getattr(current_settings(), name)
        shown = value if field.repr or not value else "(set, not shown)"
        click.echo(f"{name.upper():28} {shown}\n{'':28} {field.description}")


@click.command("migrate")
@with_readable_errors
def migrate() -> None:
    """Make the roles on the operator's server, apply the migrations that are missing, and do what a new version needs done."""
    # Alembic is slow to import, and every process of ours lists this command.
    from foundation.database import migrations

    chosen = current_settings()
    require_usable(chosen.data_dir)
    if chosen.database_url:
        require_compatible_database(chosen)
        require_same_time(chosen.database_url)
        prepare_roles(chosen.database_url, derived_passwords(chosen.secret_key))
    with reachable_url(chosen, OWNER) as url:
        click.echo(f"The database is at revision {migrations.migrate(url)}.")
        with loader_transactions() as transactions:
            for after in current_app.extensions["after_migrating"]:
                with transactions() as session:
                    if done := after(session):
                        click.echo(done)


@click.command("work")
@with_readable_errors
def work() -> None:
    """Deliver the outbox, tidy up and look whether the histories hold, until told to stop."""
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stop.set())
    chosen, pulse = current_settings(), Pulse()
    with (
        ready_url(chosen, WORKER, waits_for_room=True) as url,
        serving(chosen.metrics_port, lambda: exposition(figures(chosen.data_dir, pulse))),
    ):
        connect(url, pool_size=3)
        rounds = Rounds(current_app.extensions["chores"])
        verifications = DailyVerifications(current_app.extensions["verifiers"])

        def beside() -> None:
            pulse.beat()
            rounds()
            verifications()

        with _delivering_slowly(stop):
            outbox.work(current_app.extensions["handlers"], until=stop.is_set, beside=beside)


@contextlib.contextmanager
def _delivering_slowly(stop: threading.Event) -> Iterator[None]:
    """What reaches for somebody else's server is delivered beside the rest; if that breaks, the worker ends and is started again."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # of werkzeug's LocalProxy, which the types hide

    def deliver() -> None:
        try:
            with app.app_context():
                outbox.work(app.extensions["handlers"], until=stop.is_set, slow=True)
        finally:
            stop.set()

    beside = threading.Thread(target=deliver, name="slow outbox")
    beside.start()
    try:
        yield
    finally:
        stop.set()
        beside.join()


@click.command("check-mail")
@with_readable_errors
def check_mail() -> None:
    """Tell whether the mail server of the settings takes our letters; none is sent."""
    server = mail_server_of(current_settings())
    if server is None:
        click.echo("SMTP_HOST is not set: this service sends no e-mail, and its pages say so.")
        return
    try_mail_server(server)
    click.echo(f"{server.host}:{server.port} takes letters from {server.sender}.")


@click.command("verifications")
@with_readable_errors
def verifications() -> None:
    """Tell when each history was gone through last, from end to end, and what was found."""
    with loader_transactions() as transactions, transactions() as session:
        last = {each.name: each for each in last_verifications(session)}
    worst = 0
    for verifier in current_app.extensions["verifiers"]:
        found = last.get(verifier.name)
        if found is None or found.breaks or found.finished_at < now() - 2 * EVERY:
            worst = BROKEN
        told = {
            "history": verifier.name,
            "finished_at": found.finished_at.isoformat() if found else None,
            **(found.checked if found else {}),
            "breaks": found.breaks if found else None,
        }
        click.echo(json.dumps(told))
    sys.exit(worst)


COMMANDS = (settings, migrate, work, check_mail, verifications)
