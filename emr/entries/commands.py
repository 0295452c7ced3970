"""`verify-record`: does the record still say what was written and signed?"""

import click

from emr.entries.queries.integrity import broken_versions
from foundation.commands.running import verify, with_readable_errors


@click.command("verify-record")
@with_readable_errors
def verify_record() -> None:
    """Check every version and signature against its digests, and every version against the one before."""
    verify("versions", broken_versions)
