"""`relabel-entries`: after the rules of labels have changed."""

import json

import click

from emr.sensitivity.actions import relabel
from foundation.commands.running import loader_transactions, with_readable_errors


@click.command("relabel-entries")
@with_readable_errors
def relabel_entries() -> None:
    """Give every entry the labels that the rules valid today demand."""
    with loader_transactions() as transactions, transactions() as session:
        changed = relabel(session)
    click.echo(json.dumps({"changed": changed}))
