"""`rebuild-summaries`: every summary is drawn anew from the signed versions."""

import json

import click

from emr.summaries.actions import rebuild_all
from foundation.commands.running import loader_transactions, progress, with_readable_errors


@click.command("rebuild-summaries")
@with_readable_errors
def rebuild_summaries() -> None:
    """Draw every summary anew from the signed versions."""
    with (
        loader_transactions() as transactions,
        transactions() as session,
        progress("Summaries drawn:") as on_progress,
    ):
        drawn = rebuild_all(session, on_progress=on_progress)
    click.echo(json.dumps({"summaries": drawn}))
