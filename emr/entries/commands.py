"""`verify-record`: does the record still say what was written and signed?"""

import json

import click

from emr.entries.queries.integrity import broken_versions
from foundation.commands.running import BROKEN, in_plain_words, loader, progress


@click.command("verify-record")
@in_plain_words
def verify_record() -> None:
    """Check every version and signature against its digests, and every version against the one before."""
    with loader() as transactions, transactions() as session, progress("Versions checked:") as told:
        checked, broken = broken_versions(session, told=told)
    click.echo(json.dumps({"versions": checked, "broken": broken}))
    raise SystemExit(BROKEN if broken else 0)
