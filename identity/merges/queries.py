"""What joining two records would mean, what was joined, and which records are one's own because they were joined."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, exists, func, select
from sqlalchemy.dialects.postgresql import JSONB

from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.dates import Precision
from foundation.language.latin_letters import PrintedName
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.merges.enumerations import MergeObstacle
from identity.merges.rules import PersonDifferences, differences
from identity.merges.tables import Merge, UndoneMerge
from identity.patients.queries.patients import (
    PatientCard,
    PatientName,
    patient_card,
    patient_name_rows,
    patient_names_from,
)
from identity.patients.tables import Patient
from identity.people.rules.names import full_name
from identity.staff.queries import is_own_record

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class MergePreview:
    """The record that would stay and the one that would be joined into it; `counts` are rows of the latter by table."""

    survivor: PatientCard
    merged: PatientCard
    obstacle: MergeObstacle
    each_has_account: bool
    counts: Mapping[str, int]

    @property
    def differences(self) -> PersonDifferences:
        return differences(self.survivor, self.merged)


@dataclass(frozen=True, slots=True)
class MergeCard:
    """Two records were joined, and perhaps parted again. Of the joined one, who it was then."""

    id: UUID
    survivor_id: UUID
    merged_id: UUID
    merged_name: PrintedName
    merged_birth_date: date
    merged_birth_precision: Precision
    reason: str
    moved: Mapping[str, int]
    facility_id: UUID
    merged_at: datetime
    undone_at: datetime | None
    undone_for: str | None


@dataclass(frozen=True, slots=True)
class Merges:
    """The newest first; `survivors` and `facilities` by their ids. `more`: there are others beside these."""

    cards: Sequence[MergeCard]
    survivors: Mapping[UUID, PatientName]
    facilities: Mapping[UUID, FacilityCard]
    more: bool = False


def merge_preview(session: ActorSession, *, survivor_id: UUID, merged_id: UUID) -> MergePreview:
    """Raises NotFound: one of the two is absent, or not one whom the reader may know."""
    survivor, merged = patient_card(session, survivor_id), patient_card(session, merged_id)
    # A definer function: what is kept of a record the registrar's desk counts, and does not read (docs/decisions/0022-merges.md).
    told: Any = session.scalars(func.identity.look_at_merge(survivor_id, merged_id, type_=JSONB())).one()
    own = is_own_record(session, survivor_id, merged_id)
    obstacle = MergeObstacle.OWN if own else MergeObstacle(told["obstacle"])
    return MergePreview(survivor, merged, obstacle, told["each_has_account"], told["counts"])


def merges_in_care(session: ActorSession) -> Merges:
    """What was joined at the reader's facility, as far as the reader may know the people still."""
    return _merges(LIST.fetch(session))


def merges_into(session: ActorSession, survivor_id: UUID) -> Merges:
    """What was joined into one of them."""
    return _merges(OF_SURVIVOR.fetch(session, survivor_id=survivor_id))


def merge(session: ActorSession, merge_id: UUID) -> Merges:
    """One. Raises NotFound: no such merge, or not of somebody whom the reader may know."""
    found = _merges(ONE.fetch(session, merge_id=merge_id))
    if not found.cards:
        raise NotFound("Record not found.")
    return found


def joined_records() -> Select[Any]:
    """The records that were joined into the reader's own, and are one with it now; none of who acts for a part of it alone."""
    # A definer function: a record that was joined is in nobody's sight by itself.
    return select(func.identity.joined_into_actor(type_=Uuid()))


def records_joined_into(session: ActorSession, survivor_id: UUID) -> Sequence[UUID]:
    """The records that are a part of this one now, whose patient the reader may know."""
    return session.scalars(
        select(Merge.merged_id).where(
            Merge.survivor_id == survivor_id,
            _stands(),
            access.readable_by(session, Thing.DEMOGRAPHICS, Merge.survivor_id),
        )
    ).all()


def standing_record(session: ActorSession, patient_id: UUID) -> UUID:
    """The record that this one is a part of now, itself where it was joined with none; for the worker."""
    into = select(Patient.merged_into).where(
        Patient.id == patient_id, access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id)
    )
    return session.scalar(into) or patient_id


def _stands() -> ColumnElement[bool]:
    return ~exists().where(UndoneMerge.merge_id == Merge.id)


def _rows(session: ActorSession) -> Select[Any]:
    told: Any = select(
        Merge.id,
        Merge.survivor_id,
        Merge.merged_id,
        Merge.merged_person,
        Merge.reason,
        Merge.moved,
        Merge.facility_id,
        Merge.merged_at,
        UndoneMerge.undone_at,
        UndoneMerge.reason.label("undone_for"),
    )
    rows: Select[Any] = (
        told.outerjoin(UndoneMerge, UndoneMerge.merge_id == Merge.id)
        .where(access.readable_by(session, Thing.DEMOGRAPHICS, Merge.survivor_id))
        .order_by(Merge.merged_at.desc(), Merge.id)
        .limit(MOST_LISTED + 1)
    )
    return rows


def _selects(session: ActorSession, rows: Select[Any]) -> Selects:
    merges = rows.cte("merges")
    return {
        "merges": select(merges).order_by(merges.c.merged_at.desc(), merges.c.id),
        "survivors": patient_name_rows(session, select(merges.c.survivor_id)),
        "facilities": facility_rows(select(merges.c.facility_id)),
    }


LIST = CombinedQuery(
    lambda session: _selects(session, _rows(session).where(Merge.facility_id == session.actor.facility_id))
)
OF_SURVIVOR = CombinedQuery(
    lambda session, survivor_id: _selects(session, _rows(session).where(Merge.survivor_id == survivor_id))
)
ONE = CombinedQuery(lambda session, merge_id: _selects(session, _rows(session).where(Merge.id == merge_id)))


def _merges(answer: Any) -> Merges:
    cards = list(_cards(answer.merges))
    return Merges(
        cards=cards[:MOST_LISTED],
        survivors=patient_names_from(answer.survivors),
        facilities=facilities_from(answer.facilities),
        more=len(cards) > MOST_LISTED,
    )


def _cards(rows: Iterable[Any]) -> Iterable[MergeCard]:
    for row in rows:
        person = row.merged_person
        yield MergeCard(
            id=row.id,
            survivor_id=row.survivor_id,
            merged_id=row.merged_id,
            merged_name=full_name(person["family_name"], person["given_name"], person["middle_name"]),
            merged_birth_date=date.fromisoformat(person["birth_date"]),
            merged_birth_precision=Precision(person["birth_precision"]),
            reason=row.reason,
            moved=row.moved,
            facility_id=row.facility_id,
            merged_at=row.merged_at,
            undone_at=row.undone_at,
            undone_for=row.undone_for,
        )
