"""The privacy officer enters what the region's law opens, and its end. Each asks for a second factor and leaves its line in the audit."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func

from foundation import audit
from foundation.clock import now, today, zone
from foundation.database.transactions import ActorSession
from foundation.errors import BadInput, RuleBroken
from foundation.identifiers import new_id
from foundation.language.bilingual import BilingualText
from identity.access.enumerations import Thing
from identity.access.rules.policy import may_be_opened_by_law
from identity.facilities.queries import facility_cards
from identity.legal_openings.enumerations import OpeningState
from identity.legal_openings.queries import legal_openings, opening_of
from identity.legal_openings.rules import reaches
from identity.legal_openings.tables import FOREVER, LegalOpening, LegalOpeningEnd
from identity.roles import Role
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor
from identity.staff.queries import posts_of


@dataclass(frozen=True, slots=True)
class OpeningAsked:
    """An opening as a privacy officer enters it: from that day on, today at once; its last day belongs to it."""

    role: Role
    thing: Thing
    facility_id: UUID | None
    basis: BilingualText
    first_day: date
    last_day: date | None


def enter_opening(session: ActorSession, asked: OpeningAsked) -> UUID:
    """Let the region's law open a part of every record to a role.

    Raises:
        SecondFactorNeeded: the actor must first prove anew that it is they.
        BadInput: the role may not be let see this, the facility is none, or the days make no sense.
        RuleBroken: it would be opened to the actor.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    if not may_be_opened_by_law(asked.role, asked.thing):
        raise BadInput("This role does not read that part of a record even in care. Choose another part.")
    if asked.facility_id and asked.facility_id not in facility_cards(session, [asked.facility_id]):
        raise BadInput("There is no such facility.")
    _refuse_own(session, asked)
    began_at, ends_at = _span(asked.first_day, asked.last_day)
    opening = LegalOpening(
        id=new_id(),
        role=asked.role,
        thing=asked.thing,
        facility_id=asked.facility_id,
        basis_en=asked.basis.en,
        basis_ru=asked.basis.ru,
        began_at=began_at,
        ends_at=ends_at,
        staff_id=session.actor.staff_id,
    )
    session.add(opening)
    session.flush()
    _note(session, "legal_opening.entered", opening.id, asked.basis.ru)
    return opening.id


def end_opening(session: ActorSession, opening_id: UUID, *, last_day: date | None, reason: str) -> UUID:
    """Let it end with that day, or (None) at once.

    Raises:
        SecondFactorNeeded: the actor must first prove anew that it is they.
        NotFound: there is none.
        RuleBroken: it has ended.
        BadInput: the day has passed, or is no earlier than its end.
    """
    require_second_factor(session, Occasion.ADMINISTRATION)
    card = opening_of(legal_openings(session), opening_id)
    if card.state is OpeningState.OVER:
        raise RuleBroken("This has ended already.")
    ends_at: Any = func.now()
    if last_day is not None:
        ends_at = _midnight_after(last_day)
        if last_day < today():
            raise BadInput("The last day is not before today.")
        if card.ends_at is not None and ends_at >= card.ends_at:
            raise BadInput("It ends no later than that already. What lasts longer is entered anew.")
    session.add(
        LegalOpeningEnd(
            id=new_id(),
            opening_id=opening_id,
            ends_at=ends_at,
            reason=reason,
            staff_id=session.actor.staff_id,
        )
    )
    session.flush()
    _note(session, "legal_opening.ended", opening_id, reason)
    return opening_id


def _refuse_own(session: ActorSession, asked: OpeningAsked) -> None:
    staff_id = session.actor.staff_id
    held = posts_of(session, staff_id, at=now()) if staff_id else []
    if any(
        reaches(
            role=asked.role, facility_id=each.facility_id, to_role=each.role, at_facility=asked.facility_id
        )
        for each in held
    ):
        raise RuleBroken("You hold such a post yourself. Another privacy officer must enter this.")


def _span(first: date, last: date | None) -> tuple[Any, Any]:
    if first < today():
        raise BadInput("It opens from today on, or from a later day.")
    if last is not None and last < first:
        raise BadInput("The last day is before the first.")
    began_at = func.now() if first == today() else datetime.combine(first, time.min, zone())
    return began_at, FOREVER if last is None else _midnight_after(last)


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone())


def _note(session: ActorSession, act: str, opening_id: UUID, reason: str) -> None:
    audit.record(
        session,
        act=act,
        patient_id=None,
        object_kind="legal_opening",
        object_id=opening_id,
        reason=reason,
    )
