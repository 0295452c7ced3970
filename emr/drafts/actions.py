"""Keeping what is typed, and letting go of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.postgresql import insert

from emr.desk.actions import open_patient
from emr.drafts.enumerations import DraftForm
from emr.drafts.queries import KeptDraft, OwnDrafts, drafts_of_author, kept_draft, own_drafts
from emr.drafts.rules import DRAFT_KEPT_FOR, MOST_DRAFTS, MOST_DRAFTS_WITH_UNSENT, MOST_FIELDS
from emr.drafts.tables import Draft
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import BadInput, NotFound, RuleBroken, Stale
from foundation.identifiers import new_id
from identity.patients.queries.patients import PatientCard, patient_card


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form: its fields by name, and the version of the draft that the form knows, 0 for none."""

    form: DraftForm
    content: Mapping[str, str]
    seen_version: int


class DraftsFull(RuleBroken):
    """The author has as many drafts as are kept, and the oldest is of that moment."""

    def __init__(self, *, most: int, moment: datetime) -> None:
        super().__init__(
            "Not kept: you have %(most)s texts that are not finished. Finish or discard some; the oldest is of %(moment)s.",
            most=most,
            moment=moment,
        )
        self.moment = moment


def save_draft(session: ActorSession, patient_id: UUID, draft_id: UUID, typed: Typed) -> int:
    """Keep what its author has typed so far; the version that it is now.

    Raises:
        NotFound: the patient is not in the care of the author's facility.
        BadInput: it holds what cannot be written down.
        DraftsFull: it would be one draft too many.
        Stale: it was saved, discarded or typed further elsewhere meanwhile.
    """
    _require_keepable(session, patient_id, typed)
    if typed.seen_version:
        kept = _update(session, patient_id, draft_id, typed)
    else:
        _require_room(session, most=MOST_DRAFTS)
        kept = _insert(session, patient_id, draft_id, typed)
    if not kept:
        raise Stale("This text was saved or typed further in another window.")
    return typed.seen_version + 1


def keep_unsent_form(session: ActorSession, patient_id: UUID, draft_id: UUID, typed: Typed) -> UUID:
    """Keep a form that was sent when nobody was signed in any more, for its author. Returns the draft that it is in.

    That is another one where the draft was typed further elsewhere: neither text goes.

    Raises:
        NotFound, BadInput, DraftsFull: as when it is typed.
        Stale: it changes a note, and a further change of the same is being typed elsewhere.
    """
    _require_keepable(session, patient_id, typed)
    draft = kept_draft(session, draft_id)
    if draft and draft.content == dict(typed.content):
        return draft_id
    if draft and draft.line.version == typed.seen_version and _update(session, patient_id, draft_id, typed):
        return draft_id
    if draft and typed.form is DraftForm.CHANGE:
        raise Stale("This text was saved or typed further in another window.")
    _require_room(session, most=MOST_DRAFTS_WITH_UNSENT)
    kept_as = new_id() if draft else draft_id
    _insert(session, patient_id, kept_as, typed)
    return kept_as


def _require_keepable(session: ActorSession, patient_id: UUID, typed: Typed) -> None:
    patient_card(session, patient_id)
    if len(typed.content) > MOST_FIELDS or any("\x00" in text for text in chain(*typed.content.items())):
        raise BadInput("The text holds characters that cannot be written down. Type it again.")
    _forget_old(session)


def _require_room(session: ActorSession, *, most: int) -> None:
    number, oldest = drafts_of_author(session)
    if oldest and number >= most:
        raise DraftsFull(most=most, moment=oldest)


def _update(session: ActorSession, patient_id: UUID, draft_id: UUID, typed: Typed) -> bool:
    further = (
        update(Draft)
        .where(*_own(session, draft_id), Draft.patient_id == patient_id)
        .where(Draft.version == typed.seen_version)
        .values(**_values(typed))
    )
    return session.connection().execute(further).rowcount == 1


def _insert(session: ActorSession, patient_id: UUID, draft_id: UUID, typed: Typed) -> bool:
    who = {"author_id": session.actor.staff_id, "id": draft_id, "patient_id": patient_id}
    added = insert(Draft).values(**who, **_values(typed)).on_conflict_do_nothing()
    return session.connection().execute(added).rowcount == 1


def _values(typed: Typed) -> dict[str, Any]:
    return {
        "form": typed.form.value,
        "content": dict(typed.content),
        "version": typed.seen_version + 1,
        "updated_at": now(),
    }


def open_kept_draft(session: ActorSession, draft_id: UUID) -> tuple[PatientCard, KeptDraft]:
    """A draft to be looked at once more. Raises NotFound where the reader has none."""
    draft = kept_draft(session, draft_id)
    if draft is None:
        raise NotFound("There is no such draft.")
    return open_patient(session, draft.line.patient_id), draft


def discard_draft(session: ActorSession, draft_id: UUID, *, seen_version: int) -> UUID:
    """Throw away what was typed. Returns the patient whom it was about.

    Raises:
        NotFound: the reader has no such draft.
        Stale: it was typed further elsewhere meanwhile.
    """
    draft = kept_draft(session, draft_id)
    if draft is None:
        raise NotFound("There is no such draft.")
    if draft.line.version != seen_version:
        raise Stale("This text was saved or typed further in another window.")
    session.execute(delete(Draft).where(*_own(session, draft_id)))
    audit.record(
        session,
        act="draft.discarded",
        patient_id=draft.line.patient_id,
        object_kind="draft",
        object_id=draft_id,
    )
    return draft.line.patient_id


def drop_draft(session: ActorSession, draft_id: UUID, typed: Typed) -> None:
    """Let go of a draft whose text is saved now; of one that was typed further elsewhere, nothing is lost."""
    session.execute(
        delete(Draft)
        .where(*_own(session, draft_id))
        .where(or_(Draft.version == typed.seen_version, Draft.content == dict(typed.content)))
    )


def list_drafts(session: ActorSession) -> OwnDrafts:
    """The reader's drafts: that a list named somebody leaves its line with them."""
    found = own_drafts(session)
    for patient_id in found.patients:
        audit.record(
            session, act="drafts.listed", patient_id=patient_id, object_kind="patient", object_id=patient_id
        )
    return found


def sweep_drafts(session: ActorSession) -> int:
    """Remove every draft whose time is over, though its author never came back; for the worker. Returns how many."""
    over = delete(Draft).where(Draft.updated_at < now() - DRAFT_KEPT_FOR)
    return session.connection().execute(over).rowcount


def _own(session: ActorSession, draft_id: UUID):  # type: ignore[no-untyped-def]
    return Draft.author_id == session.actor.staff_id, Draft.id == draft_id


def _forget_old(session: ActorSession) -> None:
    session.execute(
        delete(Draft).where(
            Draft.author_id == session.actor.staff_id, Draft.updated_at < now() - DRAFT_KEPT_FOR
        )
    )
