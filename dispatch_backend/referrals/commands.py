"""`verify-dispatch`: does the history of every referral still say what happened?"""

import click

from dispatch_backend.referrals.queries.integrity import DISPATCH_VERIFIER
from foundation.commands.running import verify, with_readable_errors


@click.command("verify-dispatch")
@with_readable_errors
def verify_dispatch() -> None:
    """Check every event of every referral against its hash and the one before, every referral against its last, and its legal day."""
    verify(DISPATCH_VERIFIER)
