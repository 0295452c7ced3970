"""The application's wall: whose records an actor may ask for. Row-level security says the same again.

Called through the module (`access.readable_by(…)`), so that a test can take this wall away and see the other hold.
"""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    JSON,
    ColumnElement,
    Select,
    Text,
    cast,
    exists,
    extract,
    false,
    func,
    null,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from foundation.actor import ActorKind, SharedPart
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.transactions import ActorSession
from identity.access.enumerations import CareBasis, Deed, Thing
from identity.access.rules.policy import (
    ORDINARY,
    bases_that_open,
    law_decision,
    own_decision,
    shared_decision,
)
from identity.access.tables import CareRelation
from identity.roles import Role

# Who enters the beginning of care may have another clock than the database; a page is not told in its first minute that there is none.
CLOCKS_DIFFER_BY = text("interval '1 minute'")
# Which rows of a table a link opens, as the room says whose table it is; of a table that nobody speaks for, none.
Opens = Callable[[SharedPart], ColumnElement[bool]]
_opened_by_links: dict[type, Opens] = {}
# Of a table, which rows the region's law never opens, whatever it opens of the others.
_never_by_law: dict[type, ColumnElement[bool]] = {}
OPENED = PreparedStatement("SELECT identity.open_record(%(opened)s)", {"opened": "uuid"})


class Restricted(NamedTuple):
    """What restricts a row beside whose it is: the column of the words for that, NULL for most, and of who wrote the row."""

    restrictions: InstrumentedAttribute[Any]
    author_id: InstrumentedAttribute[Any]


def open_record(session: ActorSession, patient_id: UUID) -> None:
    """Tell the database whose record this transaction is about: care for them is then looked up once, not for every table.

    It opens nothing that is closed: the database keeps the name only where the actor's facility cares for them, and asks
    row by row about everybody else.
    """
    OPENED.send_with_next(session.connection(), [patient_id])


def readable_by(
    session: ActorSession,
    thing: Thing,
    patient_id: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
    *,
    only: Any = None,
    restricted: Restricted | None = None,
) -> ColumnElement[bool]:
    """The condition that a row's patient is the reader, or is in care of the reader that opens such rows.

    Args:
        thing: what of the record such a row is.
        only: the one patient whose rows are asked for: care for them is then looked up once for all that is asked
            together about them, not row by row.
        restricted: of rows that may be restricted: those that are, only the treating team and their author read of the
            staff, and a parent those without a label that is the child's own matter.
    """
    by_law = _opened_by_law(session, thing, patient_id, only)
    readable = _readable(session, thing, patient_id, only)
    if restricted is None:
        # Whoever is in care is among them.
        return readable if by_law is None else by_law
    if hidden := session.actor.hidden_labels:
        bears: ColumnElement[bool] = restricted.restrictions.op("&&", is_comparison=True)(
            cast(list(hidden), ARRAY(Text))
        )
        return readable & or_(restricted.restrictions.is_(None), ~bears)
    if session.actor.kind is not ActorKind.STAFF:
        return readable
    opened = _readable(session, Thing.LABELLED_ENTRIES, patient_id, only)
    own: ColumnElement[bool] = restricted.author_id == session.actor.staff_id
    in_care: ColumnElement[bool] = readable & or_(restricted.restrictions.is_(None), own, opened)
    return in_care if by_law is None else or_(in_care, by_law & restricted.restrictions.is_(None))


def _readable(
    session: ActorSession,
    thing: Thing,
    patient_id: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
    only: Any,
) -> ColumnElement[bool]:
    actor = session.actor
    if actor.kind is ActorKind.SYSTEM:
        return patient_id.is_not(None)
    if actor.kind in (ActorKind.CITIZEN, ActorKind.DELEGATE) and actor.patient_id:
        opened = own_decision(thing, Deed.READ, actor.scopes).allowed
        return patient_id == actor.patient_id if opened else false()
    if actor.shared:
        return _shared(actor.shared, thing, patient_id) & (patient_id == actor.patient_id)
    bases = bases_that_open(Role(actor.role), thing) if actor.kind is ActorKind.STAFF and actor.role else None
    if not bases or actor.facility_id is None:
        return false()
    if only is None:
        return patient_id.in_(patients_cared_for(session, bases))
    own: ColumnElement[bool] = patient_id == only
    return own & exists().select_from(_care_of_one(session, only, bases))


def _opened_by_law(
    session: ActorSession, thing: Thing, patient_id: Any, only: Any
) -> ColumnElement[bool] | None:
    """The condition that the region's law opens a row to the reader, whoever cares for its patient; None where it opens none."""
    actor = session.actor
    if not actor.opened_by_law or actor.kind is not ActorKind.STAFF:
        return None
    if not law_decision(Role(actor.role), actor.opened_by_law, thing, Deed.READ).allowed:
        return None
    never = _never_by_law.get(getattr(patient_id, "class_", None))  # type: ignore[arg-type]  # None is no table
    opened: ColumnElement[bool] = patient_id.is_not(None) if only is None else patient_id == only
    if never is None:
        return opened
    # Under another name it is another row than the one that is told of.
    return None if patient_id.parent.is_aliased_class else opened & ~never


def is_open_with(session: ActorSession, thing: Thing, other: Thing) -> bool:
    """Whether who acts, of the staff, may read `thing` of every patient of whom they may read `other`: one look decides both."""
    actor = session.actor
    if actor.kind is not ActorKind.STAFF or not actor.role:
        return False
    role, law = Role(actor.role), actor.opened_by_law
    by_law_alone = (
        law_decision(role, law, other, Deed.READ).allowed
        and not law_decision(role, law, thing, Deed.READ).allowed
    )
    return not by_law_alone and bases_that_open(role, other) <= bases_that_open(role, thing)


def say_what_law_never_opens(table: type, never: ColumnElement[bool]) -> None:
    """For the subject whose table it is: the rows that stay closed where the region's law opens those of every patient."""
    _never_by_law[table] = never


def is_by_law_alone(session: ActorSession, patient_id: Any) -> ColumnElement[bool]:
    """Whether a row's patient, whom the reader may know, is in no care of the reader's: the region's law opens them, to be read."""
    if not session.actor.opened_by_law:
        return false()
    care = patients_cared_for(session, list(CareBasis)).where(CareRelation.patient_id == patient_id)
    return ~care.exists()


def say_what_links_open(table: type, opens: Opens) -> None:
    """For the room whose table it is: which of a patient's rows a link opens that shares this part of the record."""
    _opened_by_links[table] = opens


def _shared(part: SharedPart, thing: Thing, patient_id: Any) -> ColumnElement[bool]:
    told = _opened_by_links.get(getattr(patient_id, "class_", None))  # type: ignore[arg-type]  # None is no table
    # Under another name it is another row than the one that is told of.
    named = told is not None and not patient_id.parent.is_aliased_class
    return told(part) if told and named and shared_decision(thing, Deed.READ).allowed else false()


def _care_of_one(session: ActorSession, only: Any, bases: Collection[CareBasis]) -> CTE:
    """The care of one patient: the same for every part of a page's statement that asks on the same bases."""
    which = (_care_of_one, only, frozenset(bases))
    if which not in session.made:
        session.made[which] = patients_cared_for(session, bases).where(CareRelation.patient_id == only).cte()
    care: CTE = session.made[which]
    return care


def patients_cared_for(session: ActorSession, bases: Collection[CareBasis]) -> Select[UUID]:
    """Who is in the care of who acts on one of these bases: in the facility's, or in their own."""
    actor = session.actor
    cared_for: Select[UUID] = select(CareRelation.patient_id).where(
        CareRelation.facility_id == actor.facility_id,
        CareRelation.staff_id.is_(None) | (CareRelation.staff_id == actor.staff_id),
        CareRelation.began_at <= func.now() + CLOCKS_DIFFER_BY,
        CareRelation.ends_at > func.now(),
    )
    every = len(bases) == len(CareBasis)
    return cared_for if every else cared_for.where(CareRelation.basis.in_(sorted(bases)))


def emergency_care(session: ActorSession, patient_id: Any) -> ColumnElement[Any]:
    """Until when an emergency opens the record to who acts, in seconds since 1970, and whether no other care does: a JSON array.

    NULL where there is no emergency.
    """
    if session.actor.kind is not ActorKind.STAFF:
        return null()
    care = patients_cared_for(session, list(CareBasis)).where(CareRelation.patient_id == patient_id)
    in_emergency = CareRelation.basis == CareBasis.EMERGENCY
    ends_at = func.max(CareRelation.ends_at).filter(in_emergency)
    told = func.json_build_array(extract("epoch", ends_at), func.bool_and(in_emergency), type_=JSON())
    one: ColumnElement[Any] = care.with_only_columns(told).having(ends_at.is_not(None)).scalar_subquery()
    return one


def in_ordinary_care(session: ActorSession, patient_id: UUID, thing: Thing = Thing.DEMOGRAPHICS) -> bool:
    """Whether the record, that part of it, is open to who acts without an emergency."""
    return _in_care_on(session, patient_id, bases_that_open(Role(session.actor.role), thing) & ORDINARY)


def may_do(session: ActorSession, deed: Deed, thing: Thing, patient_id: UUID) -> bool:
    """Whether care of the patient lets who acts, a member of staff, do this with that part of the record."""
    return _in_care_on(session, patient_id, bases_that_open(Role(session.actor.role), thing, deed))


def may_do_to_own(session: ActorSession, deed: Deed, thing: Thing) -> bool:
    """Whether the policy lets who acts do this with that part of their own record, or of whom they act for."""
    actor = session.actor
    own = actor.kind in (ActorKind.CITIZEN, ActorKind.DELEGATE) and actor.patient_id is not None
    return own and own_decision(thing, deed, actor.scopes).allowed


def _in_care_on(session: ActorSession, patient_id: UUID, bases: Collection[CareBasis]) -> bool:
    care = patients_cared_for(session, bases).where(CareRelation.patient_id == patient_id)
    return bool(session.scalar(select(care.exists())))


def basis_is_told(
    session: ActorSession, basis: InstrumentedAttribute[Any] | ColumnElement[Any]
) -> ColumnElement[bool]:
    """That care on this basis, a column, is told to the reader: a team betrays what is closed to a parent."""
    told: ColumnElement[bool] = basis != CareBasis.TEAM
    return told if session.actor.hidden_labels else true()


def care_rows(session: ActorSession) -> Select[Any]:
    """Who cared for the reader and cares now: to be fetched in a combined query, each row a facility, on which basis, from and
    until when, and the one person there who does, where it is one's alone.

    Not in emergencies: opened a second time, such care keeps only its last beginning; see `identity.emergencies.queries`.
    """
    rows: Any = select(
        CareRelation.facility_id,
        CareRelation.basis,
        CareRelation.began_at,
        CareRelation.ends_at,
        CareRelation.staff_id,
    )
    own: Select[Any] = rows.where(
        CareRelation.patient_id == session.actor.patient_id,
        CareRelation.basis != CareBasis.EMERGENCY,
        basis_is_told(session, CareRelation.basis),
        readable_by(session, Thing.ACCESS_LOG, CareRelation.patient_id),
    )
    return own
