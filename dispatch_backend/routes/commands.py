"""Commands of the dispatch room."""

import json
from pathlib import Path

import click

from dispatch_backend.actions import load_reference
from dispatch_backend.actions.reference import REFERENCE
from foundation.actor import Actor
from foundation.connections import reachable
from foundation.database import connect, transaction
from foundation.database_roles import LOADER
from foundation.web import current_settings


@click.command("load-dispatch-reference")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=REFERENCE,
    help="Holds services.tsv and waiting_terms.tsv; without it, the region's tables that come with the service.",
)
def load_dispatch_reference(folder: Path) -> None:
    """Enter services and legal waiting terms; what is known already stays as it is."""
    with reachable(current_settings(), LOADER) as url:
        connect(url)
        with transaction(Actor.system("loader")) as session:
            made = load_reference(session, folder=folder)
    click.echo(json.dumps(made))


COMMANDS = (load_dispatch_reference,)
