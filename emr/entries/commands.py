"""`verify-record`: does the record still say what was written and signed?"""

import json

import click

from emr.entries.queries.integrity import broken_versions
from foundation.commands.running import BROKEN, loader_transactions, progress, with_readable_errors


@click.command("verify-record")
@with_readable_errors
def verify_record() -> None:
    """Check every version and signature against its digests, and every version against the one before."""
    with (
        loader_transactions() as transactions,
        transactions() as session,
        progress("Versions checked:") as on_progress,
    ):
        checked, broken = broken_versions(session, on_progress=on_progress)
    click.echo(json.dumps({"versions": checked, "broken": broken}))
    raise SystemExit(BROKEN if broken else 0)
