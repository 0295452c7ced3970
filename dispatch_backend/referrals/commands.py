"""`verify-dispatch`: does the history of every referral still say what happened?"""

import json

import click

from dispatch_backend.referrals.queries.integrity import broken_events
from foundation.commands.running import BROKEN, in_plain_words, loader, progress


@click.command("verify-dispatch")
@in_plain_words
def verify_dispatch() -> None:
    """Check every event of every referral against its hash and the one before, and every referral against its last."""
    with loader() as transactions, transactions() as session, progress("Events checked:") as told:
        checked, broken = broken_events(session, told=told)
    click.echo(json.dumps({"events": checked, "broken": broken}))
    raise SystemExit(BROKEN if broken else 0)
