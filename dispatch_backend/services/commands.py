"""Commands of the dispatch room: load-dispatch-reference, verify-dispatch."""

import json
from pathlib import Path

import click

from dispatch_backend.services.actions import REFERENCE, load_reference
from foundation.commands.running import loader_transactions, stop, with_readable_errors


@click.command("load-dispatch-reference")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=REFERENCE,
    help="Holds services.tsv and waiting_terms.tsv; without it, the region's tables that come with the service.",
)
@with_readable_errors
def load_dispatch_reference(folder: Path) -> None:
    """Enter services and legal waiting terms; known services take the texts of the tables, terms stay as they are."""
    with loader_transactions() as transactions, transactions() as session:
        try:
            made = load_reference(session, folder=folder)
        except (KeyError, TypeError, ValueError) as fault:
            stop(f"The tables in {folder} are not such as the service brings along: {fault!r}.")
    click.echo(json.dumps(made))
