"""Joining two records of one person, and parting them again. All that follows at once the database does, in one step."""

from uuid import UUID

from sqlalchemy import Boolean, Text, cast, func

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import Stale
from foundation.identifiers import new_id
from foundation.outbox import announce
from foundation.sealing import keyed_digest
from identity.confirmations.rules import SeenDocument
from identity.merges.queries import (
    MergePreview,
    Merges,
    merge,
    merge_preview,
    merges_in_care,
    merges_into,
)
from identity.merges.rules import require_joined
from identity.patients.queries.identities import WholeIdentity
from identity.patients.queries.patients import PatientCard, patient_card
from identity.registry.actions import look_up_identity
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor
from identity.staff.queries import require_record_of_another

RECORDED, UNDONE = "merge.recorded", "merge.undone"
MEANWHILE = "Somebody has parted these records meanwhile."


def look_at_merge(session: ActorSession, *, survivor_id: UUID, merged_id: UUID) -> MergePreview:
    """What joining the two would mean; both people find in their list of accesses that they were compared. Raises NotFound."""
    preview = merge_preview(session, survivor_id=survivor_id, merged_id=merged_id)
    for patient_id in {survivor_id, merged_id}:
        audit.record(
            session, act="patient.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
        )
    return preview


def find_other_records(session: ActorSession, patient_id: UUID, asked: WholeIdentity) -> list[PatientCard]:
    """Patients in the care of the reader's facility who are exactly so, beside the one; each finds it in their list of accesses."""
    return [each for each in look_up_identity(session, asked) if each.id != patient_id]


def open_merges_into(session: ActorSession, patient_id: UUID) -> tuple[PatientCard, Merges]:
    """The patient, and what was joined into their record. Raises NotFound."""
    patient = patient_card(session, patient_id)
    audit.record(
        session, act="patient.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return patient, merges_into(session, patient_id)


def merge_records(
    session: ActorSession,
    *,
    survivor_id: UUID,
    merged_id: UUID,
    reason: str,
    seen: SeenDocument | None,
    with_accounts: bool | None = None,
) -> UUID:
    """Let one record be a part of the other from now on; nobody stays signed in as either.

    Args:
        seen: needed where date of birth or sex differ.
        with_accounts: where an account of its own opens each of the two, whether that of the joined one goes on to.

    Returns:
        Which merge it is.

    Raises:
        NotFound: one of the two is absent, or not one whom the actor may know.
        SecondFactorNeeded: the actor must first prove anew that it is they.
        RuleBroken: something stands against it.
        Stale: somebody has joined one of them meanwhile.
    """
    for patient_id in (survivor_id, merged_id):
        patient_card(session, patient_id)
    require_record_of_another(session, survivor_id, merged_id)
    require_second_factor(session, Occasion.MERGE)
    merge_id = new_id()
    # A definer function: what moves is hardly anything that a registrar sees (docs/decisions/0022-merges.md).
    asked = func.identity.merge_records(
        merge_id,
        survivor_id,
        merged_id,
        reason,
        seen.kind.value if seen else "",
        keyed_digest(seen.evidence(merge_id)).hex() if seen else "",
        cast(with_accounts, Boolean),
        type_=Text(),
    )
    require_joined(session.scalars(asked).one())
    _tell(session, RECORDED, merge_id, (survivor_id, merged_id), reason)
    return merge_id


def undo_merge(session: ActorSession, merge_id: UUID, *, reason: str) -> UUID:
    """Part them again: what had moved goes back, with whatever was written under it since; nobody stays signed in.

    Returns:
        The merge.

    Raises:
        NotFound: there is no such merge, or of nobody whom the actor may know.
        SecondFactorNeeded: the actor must first prove anew that it is they.
        RuleBroken: it is the actor's own record.
        Stale: it was undone meanwhile.
    """
    (joined,) = merge(session, merge_id).cards
    require_record_of_another(session, joined.survivor_id, joined.merged_id)
    require_second_factor(session, Occasion.MERGE)
    if (
        joined.undone_at
        or not session.scalars(func.identity.undo_merge(merge_id, reason, type_=Boolean())).one()
    ):
        raise Stale(MEANWHILE)
    _tell(session, UNDONE, merge_id, (joined.survivor_id, joined.merged_id), reason)
    return merge_id


def list_merges(session: ActorSession) -> Merges:
    """What was joined at the reader's facility."""
    found = merges_in_care(session)
    shown = [(each.survivor_id, each.id) for each in found.cards]
    audit.record_listed(session, act="merges.listed", object_kind="merge", shown=shown)
    return found


def open_merge(session: ActorSession, merge_id: UUID) -> Merges:
    """One of them. Raises NotFound."""
    found = merge(session, merge_id)
    (joined,) = found.cards
    audit.record(
        session, act="merge.opened", patient_id=joined.survivor_id, object_kind="merge", object_id=merge_id
    )
    return found


def _tell(
    session: ActorSession, act: str, merge_id: UUID, patient_ids: tuple[UUID, UUID], reason: str
) -> None:
    """In the list of accesses of both, and as news to both."""
    for patient_id in patient_ids:
        audit.record(
            session, act=act, patient_id=patient_id, object_kind="merge", object_id=merge_id, reason=reason
        )
        announce(session, act, {"patient_id": str(patient_id), "object_id": str(merge_id)})
