"""What a long form says of whose it is: sealed by us, so that nobody sends a text in another's name."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag

from emr.drafts.enumerations import DraftForm
from emr.drafts.rules import UNSENT_FORM_ACCEPTED_FOR
from foundation.actor import Actor, ActorKind
from foundation.sealing import seal, unseal
from identity.roles import Role

TICKET = "draft_ticket"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Whose draft of what a form is, which version of it the form knows, and in which session it was opened.

    It opens nothing. With it a text is kept for its author, when their session has run out before it is sent.
    """

    author_id: UUID
    facility_id: UUID
    account_id: UUID
    session_id: UUID
    patient_id: UUID
    draft_id: UUID
    form: DraftForm
    seen_version: int
    opened_at: datetime

    @property
    def author(self) -> Actor:
        """Who opened the form, without the session of then."""
        return Actor(
            ActorKind.STAFF,
            account_id=self.account_id,
            staff_id=self.author_id,
            facility_id=self.facility_id,
            role=Role.DOCTOR.value,
        )

    def is_of(self, actor: Actor) -> bool:
        """Whether it is this person's, at the place of work where they are signed in."""
        return (self.author_id, self.facility_id) == (actor.staff_id, actor.facility_id)

    def is_accepted(self, *, at: datetime) -> bool:
        """Whether the form was opened recently enough to be kept."""
        return self.opened_at > at - UNSENT_FORM_ACCEPTED_FOR

    def sealed(self) -> str:
        who = (self.author_id, self.facility_id, self.account_id, self.session_id)
        words = (*who, self.patient_id, self.draft_id, self.form.value, self.seen_version)
        sealed = seal("|".join([TICKET, *map(str, words), self.opened_at.isoformat()]), TICKET)
        return urlsafe_b64encode(sealed).decode()


def sealed_ticket(
    actor: Actor,
    patient_id: UUID,
    form: DraftForm,
    draft_id: str | None,
    *,
    seen_version: int | None,
    at: datetime,
) -> str:
    """The ticket of a form that is shown to this doctor; "" where it says no draft, as one that was sent without."""
    author_id, facility_id, account_id, session_id = (
        actor.staff_id,
        actor.facility_id,
        actor.account_id,
        actor.session_id,
    )
    if author_id is None or facility_id is None or account_id is None or session_id is None:
        return ""
    try:
        known_by = UUID(draft_id or "")
    except ValueError:
        return ""
    who = (author_id, facility_id, account_id, session_id)
    return Ticket(*who, patient_id, known_by, form, seen_version or 0, at).sealed()


class ShownForm(Protocol):
    """A long form as it is shown: which draft it says it is, and which version of it."""

    ticket: str
    draft_id: Any
    draft_version: Any


def seal_ticket(form: ShownForm, actor: Actor, patient_id: UUID, kind: DraftForm, *, at: datetime) -> None:
    """Have a form that is shown to this doctor say whose it is."""
    form.ticket = sealed_ticket(
        actor, patient_id, kind, form.draft_id.data, seen_version=form.draft_version.data, at=at
    )


def ticket_in(sent: Mapping[str, str]) -> Ticket | None:
    """The ticket of a form that was sent, however long ago it was opened; None for one that we did not seal."""
    if not sent.get(TICKET):
        return None
    try:
        purpose, *ids, form, seen_version, opened_at = unseal(urlsafe_b64decode(sent[TICKET]), TICKET).split(
            "|"
        )
        if purpose != TICKET:
            return None
        author_id, facility_id, account_id, session_id, patient_id, draft_id = (UUID(each) for each in ids)
        opened = datetime.fromisoformat(opened_at)
        who = (author_id, facility_id, account_id, session_id)
        return Ticket(*who, patient_id, draft_id, DraftForm(form), int(seen_version), opened)
    except (ValueError, InvalidTag):
        return None
