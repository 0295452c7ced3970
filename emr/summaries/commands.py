"""`rebuild-summaries`: every summary is drawn anew from the signed versions."""

import json

import click

from emr.summaries.actions import redraw_all
from foundation.commands.running import in_plain_words, loader, progress


@click.command("rebuild-summaries")
@in_plain_words
def rebuild_summaries() -> None:
    """Draw every summary anew from the signed versions."""
    with loader() as transactions, transactions() as session, progress("Summaries drawn:") as told:
        drawn = redraw_all(session, told=told)
    click.echo(json.dumps({"summaries": drawn}))
