"""Signing: a version becomes part of the record, for ever."""

from dataclasses import dataclass
from uuid import UUID

from emr.details.actions import open_entry
from emr.details.queries.entry_details import EntryDetails
from emr.entries.queries.changes import NewestVersion, entry_to_change, newest_version
from emr.entries.rules.signing import require_signable
from emr.entries.rules.times import require_in_lifetime
from emr.entries.tables.signatures import Signature, SignatureMeaning
from emr.notes.rules import is_complete, is_note, note_of
from emr.summaries.actions import rebuild_entry
from foundation import audit
from foundation.clock import local, now
from foundation.database.transactions import ActorSession
from foundation.outbox import announce
from identity.patients.queries.patients import PatientCard, patient_card
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor

# How the signer was known: by the session that their electronic identifier opened.
METHOD = "signed-in session"


@dataclass(frozen=True, slots=True)
class EntryToSign:
    """An entry as its signer reads it; `complete` where it has all the parts that it is signed with."""

    patient: PatientCard
    entry: EntryDetails
    complete: bool


def open_to_sign(session: ActorSession, entry_id: UUID) -> EntryToSign:
    """Open an entry to be read and signed. Raises NotFound where the reader may not see it."""
    patient, entry = open_entry(session, entry_id)
    return EntryToSign(patient, entry, is_complete(newest_version(session, entry_id).content))


def sign_entry(session: ActorSession, entry_id: UUID, *, seen_number: int) -> UUID:
    """Sign the newest version of an entry. Returns the patient whose record it enters.

    Args:
        seen_number: the version that the signer has read on the page before.

    Raises:
        NotFound, RuleBroken, Stale: it is not the signer's, is signed already, incomplete, or has changed meanwhile.
        SecondFactorNeeded: the signer must first prove anew that it is they.
        BadInput: it tells of a time before the patient was born, or that has not come.
    """
    newest = entry_to_change(session, entry_id)
    require_signable(
        signed=newest.signed,
        own=newest.own,
        fresh=newest.number == seen_number,
        complete=is_complete(newest.content),
    )
    require_second_factor(session, Occasion.SIGNING)
    _require_in_lifetime(session, newest)
    session.add(_signature(session, newest))
    rebuild_entry(session, entry_id)
    audit.record(
        session,
        act="entry.signed",
        patient_id=newest.patient_id,
        object_kind="entry",
        object_id=entry_id,
        reason=newest.reason,
    )
    announce(
        session,
        "entry.signed",
        {
            "patient_id": str(newest.patient_id),
            "object_id": str(entry_id),
            "number": newest.number,
            "amends": newest.ever_signed,
        },
    )
    return newest.patient_id


def _require_in_lifetime(session: ActorSession, version: NewestVersion) -> None:
    """Drafts that were saved when any time was taken stand in the record still."""
    if is_note(version.content):
        born = patient_card(session, version.patient_id).birth_date
        require_in_lifetime(local(note_of(version.content).seen_at), born=born, at=now())


def _signature(session: ActorSession, version: NewestVersion) -> Signature:
    return Signature(
        entry_id=version.entry_id,
        number=version.number,
        patient_id=version.patient_id,
        signer_id=session.actor.staff_id,
        meaning=SignatureMeaning.AUTHOR,
        method=METHOD,
    )
