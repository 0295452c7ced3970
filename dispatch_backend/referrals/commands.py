"""`verify-dispatch`: does the history of every referral still say what happened?"""

import json

import click

from dispatch_backend.referrals.queries.integrity import broken_events
from foundation.commands.running import BROKEN, loader_transactions, progress, with_readable_errors


@click.command("verify-dispatch")
@with_readable_errors
def verify_dispatch() -> None:
    """Check every event of every referral against its hash and the one before, and every referral against its last."""
    with (
        loader_transactions() as transactions,
        transactions() as session,
        progress("Events checked:") as on_progress,
    ):
        checked, broken = broken_events(session, on_progress=on_progress)
    click.echo(json.dumps({"events": checked, "broken": broken}))
    raise SystemExit(BROKEN if broken else 0)
