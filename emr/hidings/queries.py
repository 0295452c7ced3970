"""Which entries the reader has hidden, whether one may be hidden, and whom hidden ones were open to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from emr.entries.enumerations import Kind
from emr.entries.tables.entries import EntryVersion
from emr.hidings.tables import EntryHiding, EntryHidingLift, HidingRule
from emr.sensitivity.queries import readable
from emr.summaries.queries.lines import entry_is_open, headline_rows, headlines_from
from emr.summaries.tables import EntrySummary
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText, bilingual
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.copies.queries import own_rows_part
from identity.delegations.queries import OtherPerson, delegate_rows, other_people_from

NO_ENTRY = "There is no such entry."
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class HidingCard:
    """One time that an entry was hidden; by whose right, where somebody acted for the reader."""

    entry_id: UUID
    hidden_at: datetime
    hidden_by: UUID | None
    lifted_at: datetime | None
    lifted_by: UUID | None


@dataclass(frozen=True, slots=True)
class EntryToHide:
    """An entry of the reader's own.

    Attributes:
        hidable: whether entries of its kind may be hidden at all.
        basis: the law or the rule that says so, None where none does.
        hiding: since when it is hidden, if it is.
    """

    entry_id: UUID
    kind: Kind
    headline: BilingualText
    hidable: bool
    basis: BilingualText | None
    hiding: HidingCard | None


@dataclass(frozen=True, slots=True)
class OwnHidings:
    """What the reader hid, the newest first: still, and not any more. `headlines` are the words of the entries."""

    standing: Sequence[HidingCard]
    over: Sequence[HidingCard]
    headlines: Mapping[UUID, BilingualText]
    delegates: Mapping[UUID, OtherPerson]


@dataclass(frozen=True, slots=True)
class HiddenSpan:
    """An entry was hidden from `hidden_at` until `lifted_at`, or still is (None); `authors` wrote it."""

    entry_id: UUID
    hidden_at: datetime
    lifted_at: datetime | None
    authors: frozenset[UUID]

    def covers(self, at: datetime) -> bool:
        return self.hidden_at <= at and (self.lifted_at is None or at < self.lifted_at)


def entry_to_hide(session: ActorSession, entry_id: UUID) -> EntryToHide:
    """Raises NotFound: absent, not signed, or not the reader's own."""
    answer = _ONE.fetch(session, entry_id=entry_id)
    if not answer.entry:
        raise NotFound(NO_ENTRY)
    (row,) = answer.entry
    kind = Kind(row.kind)
    rule = next((each for each in answer.rules if each.kind == kind), None)
    return EntryToHide(
        entry_id=entry_id,
        kind=kind,
        headline=headlines_from(answer.entry)[entry_id],
        hidable=bool(rule and rule.hidable),
        basis=BilingualText(rule.basis_en, rule.basis_ru) if rule else None,
        hiding=next((HidingCard(*each) for each in answer.hidings if each.lifted_at is None), None),
    )


def own_hidings(session: ActorSession) -> OwnHidings:
    answer = _OWN.fetch(session)
    cards = [HidingCard(*each) for each in answer.hidings]
    return OwnHidings(
        standing=[each for each in cards if each.lifted_at is None],
        over=[each for each in cards if each.lifted_at is not None],
        headlines=headlines_from(answer.headlines),
        delegates={each.delegation_id: each for each in other_people_from(answer.delegates)},
    )


def hidden_since(session: ActorSession, entry_id: UUID) -> datetime | None:
    """Since when the reader's own entry is hidden; None where it is not."""
    asked = select(func.max(EntryHiding.hidden_at)).where(
        EntryHiding.entry_id == entry_id, _own(session, EntryHiding)
    )
    return session.scalar(asked.where(~_lift_of(EntryHiding.id).exists()))


def hidden_span_rows(session: ActorSession) -> Select[Any]:
    """When which of the reader's entries were hidden: to be fetched in a combined query, and read by `hidden_spans_from`."""
    rows: Any = select(EntryHiding.entry_id, EntryHiding.hidden_at, EntryHidingLift.lifted_at)
    return _with_lifts(rows).where(_own(session, EntryHiding))


def hidden_author_rows(session: ActorSession) -> Select[Any]:
    """Who wrote them: to be fetched beside the spans."""
    rows: Any = select(EntryVersion.entry_id, EntryVersion.author_id).distinct()
    hidden = select(EntryHiding.entry_id).where(_own(session, EntryHiding))
    asked: Select[Any] = rows.where(
        EntryVersion.entry_id.in_(hidden),
        EntryVersion.author_id.is_not(None),
        readable(session, EntryVersion, EntryVersion.author_id),
    )
    return asked


def hidden_spans_from(spans: Iterable[Any], authors: Iterable[Any]) -> list[HiddenSpan]:
    wrote: dict[UUID, set[UUID]] = {}
    for row in authors:
        wrote.setdefault(row.entry_id, set()).add(row.author_id)
    return [
        HiddenSpan(row.entry_id, row.hidden_at, row.lifted_at, frozenset(wrote.get(row.entry_id, ())))
        for row in spans
    ]


def _one(session: ActorSession, entry_id: Any) -> Selects:
    rules = select(HidingRule.kind, HidingRule.hidable, HidingRule.basis_en, HidingRule.basis_ru).where(
        HidingRule.valid_from <= func.foundation.today(), HidingRule.valid_to >= func.foundation.today()
    )
    entry = headline_rows(session, within=[entry_id]).add_columns(EntrySummary.kind)
    return {
        "entry": entry.where(EntrySummary.patient_id == session.actor.patient_id),
        "rules": rules,
        "hidings": _cards(session).where(EntryHiding.entry_id == entry_id),
    }


def _own_selects(session: ActorSession) -> Selects:
    hidings = _cards(session).limit(MOST_SHOWN).cte("hidings")
    return {
        "hidings": select(hidings).order_by(hidings.c.hidden_at.desc()),
        "headlines": headline_rows(session, within=select(hidings.c.entry_id)),
        "delegates": delegate_rows(),
    }


_ONE = CombinedQuery(lambda session, entry_id: _one(session, entry_id))
_OWN = CombinedQuery(_own_selects)


def _cards(session: ActorSession) -> Select[Any]:
    rows: Any = select(
        EntryHiding.entry_id,
        EntryHiding.hidden_at,
        EntryHiding.delegation_id.label("hidden_by"),
        EntryHidingLift.lifted_at,
        EntryHidingLift.delegation_id.label("lifted_by"),
    )
    return _with_lifts(rows).where(_own(session, EntryHiding)).order_by(EntryHiding.hidden_at.desc())


def _with_lifts(rows: Any) -> Select[Any]:
    joined: Select[Any] = rows.outerjoin(EntryHidingLift, EntryHidingLift.hiding_id == EntryHiding.id)
    return joined


def _lift_of(hiding_id: Any) -> Select[Any]:
    return select(EntryHidingLift.hiding_id).where(EntryHidingLift.hiding_id == hiding_id)


def _own(session: ActorSession, table: Any) -> ColumnElement[bool]:
    own: ColumnElement[bool] = table.patient_id == session.actor.patient_id
    theirs = own & access.readable_by(session, Thing.ENTRIES, table.patient_id)
    return theirs & _told(session, table) if session.actor.hidden_labels else theirs


def _told(session: ActorSession, table: Any) -> ColumnElement[bool]:
    """A parent to whom a label closes the entry is not told that it was hidden either."""
    if table is EntryHiding:
        return entry_is_open(session, EntryHiding.entry_id)
    hiding = select(EntryHiding.id).where(EntryHiding.id == table.hiding_id)
    return hiding.where(entry_is_open(session, EntryHiding.entry_id)).exists()


COPY_PARTS = (
    own_rows_part(
        bilingual("Which entries you hid from the staff, and when you showed them again."),
        Thing.ENTRIES,
        *(EntryHiding, EntryHidingLift),
        only={
            EntryHiding: lambda session: _own(session, EntryHiding),
            EntryHidingLift: lambda session: _own(session, EntryHidingLift),
        },
    ),
)
