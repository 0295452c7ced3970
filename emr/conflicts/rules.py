"""Which answers a conflict can have, and what each of them decides."""

from dataclasses import dataclass

from emr.conflicts.enumerations import Choice
from emr.fhir_import.enumerations import ConflictDecision, ConflictKind
from foundation.errors import BadInput, RuleBroken, Stale
from identity.people.enumerations import Birth, PersonName

SHORTEST_REASON, LONGEST_REASON = 10, 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a registrar says; the name and the birth of whom they confirm."""

    choice: Choice
    reason: str
    name: PersonName | None = None
    birth: Birth | None = None


def choices_for(kind: ConflictKind) -> tuple[Choice, ...]:
    """Who is provisional stands in the register already, and can only be confirmed."""
    if kind is ConflictKind.PROVISIONAL:
        return (Choice.CONFIRMED,)
    return (Choice.THEIRS, Choice.OURS, Choice.ANOTHER_PERSON)


def decision_for(choice: Choice) -> ConflictDecision:
    """What waited is taken in with the sender's word alone; by both others nothing of it is."""
    taken = choice in (Choice.THEIRS, Choice.CONFIRMED)
    return ConflictDecision.ACCEPTED if taken else ConflictDecision.REJECTED


def require_answerable(kind: ConflictKind, choice: Choice, *, decided: bool, pending: bool) -> None:
    """Raises Stale: it is decided; RuleBroken: an answer waits to be carried out; BadInput: such a conflict has no such answer."""
    if decided:
        raise Stale("Somebody has decided this meanwhile.")
    if pending:
        raise RuleBroken("Somebody has just answered this. Wait a moment until it is carried out.")
    if choice not in choices_for(kind):
        raise BadInput("Choose one of the answers.")
