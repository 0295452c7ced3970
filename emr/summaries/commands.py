"""`rebuild-summaries`, `relabel-entries` and `verify-record`: the lines drawn anew, also after other rules of labels, and whether they hold."""

import json

import click

from emr.summaries.actions import rebuild_all, relabel_and_redraw
from emr.summaries.queries.integrity import RECORD_VERIFIER
from foundation.commands.running import loader_transactions, progress, verify, with_readable_errors


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


@click.command("verify-record")
@with_readable_errors
def verify_record() -> None:
    """Check every version and signature against its digests, and every line of the records against its version."""
    verify(RECORD_VERIFIER)


@click.command("relabel-entries")
@with_readable_errors
def relabel_entries() -> None:
    """Give every entry the labels that the rules valid today demand, and draw their records anew."""
    with loader_transactions() as transactions, transactions() as session:
        changed = relabel_and_redraw(session)
    click.echo(json.dumps({"changed": changed}))
