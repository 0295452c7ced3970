"""Commands of the services that can be asked for: load-dispatch-reference and load-services."""

import json
from pathlib import Path

import click

from dispatch_backend.services.actions import REFERENCE, enter_services, load_reference
from dispatch_backend.services.enumerations import ServiceKind
from foundation.commands.csv_table import Column
from foundation.commands.csv_values import code, one_of, text_up_to
from foundation.commands.register_loading import Register, loading_command
from foundation.commands.running import loader_transactions, stop, with_readable_errors

LONGEST_PREPARATION = 2_000


@click.command("load-dispatch-reference")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=REFERENCE,
    help="Holds services.tsv and waiting_terms.tsv, and may hold production_calendar.tsv; without it, the region's tables that come with the service.",
)
@with_readable_errors
def load_dispatch_reference(folder: Path) -> None:
    """Enter services, legal waiting terms and working days; known services take the tables' texts, the rest stays as it is."""
    with loader_transactions() as transactions, transactions() as session:
        try:
            made = load_reference(session, folder=folder)
        except (KeyError, TypeError, ValueError) as fault:
            stop(f"The tables in {folder} are not such as the service brings along: {fault!r}.")
    click.echo(json.dumps(made))


load_services = loading_command(
    "load-services",
    "Enter services that can be referred to from a CSV file, or what is told of them otherwise by now.",
    Register(
        columns=(
            Column("code", code),
            Column("kind", one_of(ServiceKind)),
            Column("name_en", text_up_to()),
            Column("name_ru", text_up_to()),
            Column("preparation_en", text_up_to(LONGEST_PREPARATION), needed=False),
            Column("preparation_ru", text_up_to(LONGEST_PREPARATION), needed=False),
        ),
        key=("code",),
        enter=enter_services,
        otherwise={"preparation_en": "", "preparation_ru": ""},
    ),
)
