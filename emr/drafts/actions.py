"""Keeping what is typed, and letting go of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.postgresql import insert

from emr.desk.actions import open_patient
from emr.drafts.enumerations import DraftForm
from emr.drafts.queries import KeptDraft, OwnDrafts, drafts_of_author, kept_draft, own_drafts
from emr.drafts.rules import (
    DRAFT_KEPT_FOR,
    MOST_DRAFTS,
    MOST_DRAFTS_OF_UNSENT_FORM,
    MOST_DRAFTS_WITH_UNSENT,
    MOST_FIELDS,
)
from emr.drafts.tables import Draft
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import BadInput, NotAllowed, NotFound, RuleBroken, Stale
from identity.patients.queries.patients import PatientCard, patient_card
from identity.sessions.queries.active_sessions import was_signed_out
from identity.staff.queries import holds_post


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


@dataclass(frozen=True, slots=True)
class KeptUnsent:
    """The draft in which a form is that arrived too late, and the draft's version."""

    draft_id: UUID
    version: int


def require_author_may_keep(session: ActorSession, opened_in: UUID) -> None:
    """Refuse what arrives in a doctor's name, though they are not signed in, once they have left.

    Args:
        opened_in: the session in which the form was opened. It may have run out; nobody may have ended it.

    Raises:
        NotAllowed: they signed out, were signed out, or hold their post no more.
    """
    if was_signed_out(session, opened_in) or not holds_post(session, at=now()):
        raise NotAllowed("Please sign in first.")


def keep_unsent_form(session: ActorSession, patient_id: UUID, draft_id: UUID, typed: Typed) -> KeptUnsent:
    """Keep a form that was sent when its author was not signed in any more, for its author.

    It goes on from the very version that the form knows, which can be done once; beside any other text it becomes another
    draft, of which there are a few at most.

    Raises:
        NotFound, BadInput, DraftsFull: as when it is typed.
        Stale: nothing more is kept of this form while its author is not signed in.
    """
    _require_keepable(session, patient_id, typed)
    draft = kept_draft(session, draft_id)
    if draft and draft.content == dict(typed.content):
        return KeptUnsent(draft_id, draft.line.version)
    if draft and draft.line.version == typed.seen_version and _update(session, patient_id, draft_id, typed):
        return KeptUnsent(draft_id, typed.seen_version + 1)
    return _keep_beside(session, patient_id, draft_id, typed)


def _keep_beside(session: ActorSession, patient_id: UUID, draft_id: UUID, typed: Typed) -> KeptUnsent:
    for kept_as in _identities(draft_id, typed.form):
        other = kept_draft(session, kept_as)
        if other and other.content == dict(typed.content):
            return KeptUnsent(kept_as, other.line.version)
        if other is None:
            _require_room(session, most=MOST_DRAFTS_WITH_UNSENT)
            # Another form may have come first, in the same moment.
            if _insert(session, patient_id, kept_as, typed):
                return KeptUnsent(kept_as, 1)
    raise Stale("This text was saved or typed further in another window.")


def _identities(draft_id: UUID, form: DraftForm) -> Iterator[UUID]:
    """Under which a form's text may be kept: always the same ones. The draft of a change is known by its entry alone."""
    yield draft_id
    if form is not DraftForm.CHANGE:
        yield from (uuid5(draft_id, str(number)) for number in range(1, MOST_DRAFTS_OF_UNSENT_FORM))


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
    added = insert(Draft).values({**_values(typed), **who, "version": 1}).on_conflict_do_nothing()
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
