"""`list-conflicts` and `decide-conflict`: what senders tell of patients otherwise than we know it, for a person to decide."""

import getpass
import json
import sys
from uuid import UUID

import click

from emr.fhir_import.actions.conflicts import Decided, list_open_conflicts
from emr.fhir_import.actions.deciding import decide_conflict as decide
from emr.fhir_import.enumerations import ConflictDecision
from emr.fhir_import.validation.refusals import BundleRefused
from foundation.commands.running import exit_code_for, loader_transactions, stop, with_readable_errors
from identity.people.enumerations import Birth, PersonName

UNNAMED_OPERATOR = "operator"


@click.command("list-conflicts")
@with_readable_errors
def list_conflicts() -> None:
    """Tell who waits for a decision, one line of JSON each, and how many there are."""
    with loader_transactions() as transactions, transactions() as session:
        found = list_open_conflicts(session)
    for each in found:
        line = {
            "conflict": str(each.id),
            "kind": each.kind.value,
            "patient_id": str(each.patient_id),
            "known": each.known,
            "told": each.told,
            "resources": each.resources,
            "raised_at": each.raised_at.isoformat(timespec="seconds"),
        }
        click.echo(json.dumps(line, ensure_ascii=False))
    click.echo(json.dumps({"open": len(found)}))


@click.command("decide-conflict")
@click.argument("conflict", type=click.UUID)
@click.argument("decision", type=click.Choice([each.value for each in ConflictDecision]))
@click.option("--reason", required=True, help="Why; it stays with the decision.")
@click.option("--by", default="", help="Who decides; by default whoever is signed in on this machine.")
@click.option(
    "--name", default="", help="Who the patient is, where not as told: family, given and middle name."
)
@click.option(
    "--birth", default="", help="When they were born, where not as told: 1961, 1961-05 or 1961-05-03."
)
@with_readable_errors
def decide_conflict(
    conflict: UUID,
    decision: str,
    **said: str,
) -> None:
    """Accept what was told, so that what waited is taken in, or reject it, so that nothing of it is."""
    decided = Decided(
        ConflictDecision(decision),
        reason=said["reason"],
        by=said["by"] or _operator(),
        name=_name(said["name"]),
        birth=_birth(said["birth"]),
    )
    refused: list[dict[str, str]] = []
    stored: dict[str, int] = {}
    unchanged: dict[str, int] = {}
    with loader_transactions() as transactions:
        try:
            with transactions() as session:
                imported = decide(session, conflict, decided)
        except BundleRefused as refusal:
            refused.append({"where": refusal.where, "why": refusal.why})
        else:
            stored = dict(sorted(imported.stored.items()))
            unchanged = dict(sorted(imported.unchanged.items()))
            refused += ({"where": each.where, "why": each.why} for each in imported.refused)
    line = {
        "conflict": str(conflict),
        "decision": decision,
        "stored": stored,
        "unchanged": unchanged,
        "refused": refused,
    }
    click.echo(json.dumps(line, ensure_ascii=False))
    taken = sum(stored.values()) + sum(unchanged.values())
    sys.exit(exit_code_for(refused=len(refused), of=len(refused) + taken))


def _name(written: str) -> PersonName | None:
    # A middle name may have several words: "Гусейн оглы".
    family, given, middle = [*written.split(maxsplit=2), "", "", ""][:3]
    return PersonName(family, given, " ".join(middle.split())) if family else None


def _birth(written: str) -> Birth | None:
    try:
        return Birth.read(written) if written else None
    except ValueError:
        stop("The birth date must be written as 1961, 1961-05 or 1961-05-03.")


def _operator() -> str:
    """Who is signed in on the machine; a container may know nobody by name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return UNNAMED_OPERATOR
