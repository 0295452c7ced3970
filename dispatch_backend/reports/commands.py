"""`recount-reports`: do the numbers that the ministry saw come out again?"""

import json
import sys

import click

from dispatch_backend.reports.actions import counts_that_differ
from foundation.commands.running import BROKEN, loader_transactions, with_readable_errors


@click.command("recount-reports")
@with_readable_errors
def recount_reports() -> None:
    """Count every quarter again at the moment for which it was counted, and tell those that differ. Ends with 1 if any does."""
    with loader_transactions() as transactions, transactions() as session:
        differing = list(counts_that_differ(session))
    for each in differing:
        click.echo(
            json.dumps(
                {"quarter": str(each.quarter), "cut_off": each.cut_off.isoformat(), "sha256": each.sha256}
            )
        )
    if differing:
        sys.exit(BROKEN)
