"""Commands of the identity room: end-sessions."""

import json
from uuid import UUID

import click

from foundation.actor import Actor
from foundation.commands.running import loader_transactions, progress, stop, with_readable_errors
from foundation.database.transactions import transaction
from identity.sessions.actions.sessions import end_session
from identity.sessions.queries.active_sessions import active_sessions, is_account, is_staff_member


@click.command("end-sessions")
@click.option("--account", type=click.UUID, help="Those of this account, of a citizen or of staff.")
@click.option("--staff", type=click.UUID, help="Those of this member of staff.")
@click.option("--all", "everybody", is_flag=True, help="Those of everybody.")
@with_readable_errors
def end_sessions(account: UUID | None, staff: UUID | None, everybody: bool) -> None:
    """End sessions at once: whoever held one is a stranger on their next request, and their live board falls silent."""
    if [account is None, staff is None, not everybody].count(False) != 1:
        stop("Say whose sessions: one of --account, --staff and --all.")
    ended = 0
    with (
        loader_transactions(),
        transaction(Actor.system("operator")) as session,
        progress("Sessions ended:") as on_progress,
    ):
        if account and not is_account(session, account):
            stop(f"There is no account {account}.")
        if staff and not is_staff_member(session, staff):
            stop(f"There is no member of staff {staff}.")
        found = active_sessions(session, account_id=account, staff_id=staff)
        for number, each in enumerate(found, 1):
            ended += end_session(session, each.id, reason="ended by the operator", patient_id=each.patient_id)
            on_progress(number)
    click.echo(json.dumps({"sessions": len(found), "ended": ended, "ended_meanwhile": len(found) - ended}))
