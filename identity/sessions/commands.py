"""Commands of the identity room: end-sessions."""

import json
import sys
from dataclasses import dataclass
from uuid import UUID

import click

from foundation.actor import Actor
from foundation.commands.running import loader_transactions, progress, stop, with_readable_errors
from foundation.database.transactions import ActorSession, transaction
from identity.patients.queries.matching import patients_known_as
from identity.people.rules.snils import NO_SNILS, normal_snils
from identity.sessions.actions.sessions import end_session
from identity.sessions.queries.active_sessions import Person, active_sessions, is_account, is_staff_member
from identity.staff.queries import staff_by_identifier


@dataclass(frozen=True)
class Whose:
    """Whose sessions the operator names: one of these, or everybody's."""

    account: UUID | None
    staff: UUID | None
    snils: str
    everybody: bool

    def require_one(self) -> None:
        if [self.account is None, self.staff is None, not self.snils, not self.everybody].count(False) != 1:
            stop("Say whose sessions: one of --account, --staff, --snils and --all.")


@click.command("end-sessions")
@click.option("--account", type=click.UUID, help="Those of this account, of a citizen or of staff.")
@click.option("--staff", type=click.UUID, help="Those of this member of staff.")
@click.option(
    "--snils",
    default="",
    help="Those of the person of this SNILS, as a patient and as staff; - reads it from standard input.",
)
@click.option("--all", "everybody", is_flag=True, help="Those of everybody.")
@with_readable_errors
def end_sessions(account: UUID | None, staff: UUID | None, snils: str, everybody: bool) -> None:
    """End sessions at once: whoever held one is a stranger on their next request, and their live board falls silent."""
    whose = Whose(account, staff, snils, everybody)
    whose.require_one()
    ended = 0
    with (
        loader_transactions(),
        transaction(Actor.system("operator")) as session,
        progress("Sessions ended:") as on_progress,
    ):
        found = active_sessions(session, None if everybody else _person(session, whose))
        for number, each in enumerate(found, 1):
            ended += end_session(session, each.id, reason="ended by the operator", patient_id=each.patient_id)
            on_progress(number)
    click.echo(json.dumps({"sessions": len(found), "ended": ended, "ended_meanwhile": len(found) - ended}))


def _person(session: ActorSession, whose: Whose) -> Person:
    if whose.snils:
        typed = sys.stdin.readline() if whose.snils == "-" else whose.snils
        return _person_of_snils(session, typed.strip())
    if whose.account and not is_account(session, whose.account):
        stop(f"There is no account {whose.account}.")
    if whose.staff and not is_staff_member(session, whose.staff):
        stop(f"There is no member of staff {whose.staff}.")
    return Person(account_id=whose.account, staff_id=whose.staff)


def _person_of_snils(session: ActorSession, typed: str) -> Person:
    digits = normal_snils(typed)
    if digits is None:
        stop(f"This {NO_SNILS}.")
    member = staff_by_identifier(session, digits)
    patients = tuple(each.patient_id for each in patients_known_as(session, digits) if each.national)
    if member is None and not patients:
        stop("Nobody is known by this SNILS, neither as a patient nor as staff.")
    return Person(staff_id=member.id if member else None, patient_ids=patients)
