"""Hiding one entry of one's own record, and showing it again. What restricts the entry the database does."""

from uuid import UUID

from sqlalchemy import Text, func

from emr.hidings.enumerations import Hiding
from emr.hidings.queries import NO_ENTRY, EntryToHide, OwnHidings, entry_to_hide, own_hidings
from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from foundation.identifiers import new_id
from foundation.outbox import announce
from identity.access import queries as access
from identity.access.enumerations import Deed, Thing
from identity.delegations.queries import decides_until_now


def open_hidings(session: ActorSession) -> OwnHidings:
    """What the reader has hidden, and had."""
    audit.record(session, act="hidings.opened", patient_id=session.actor.patient_id)
    return own_hidings(session)


def open_entry_to_hide(session: ActorSession, entry_id: UUID) -> EntryToHide:
    """The entry, before it is hidden or shown. Raises NotFound: absent, not signed, or not the reader's own."""
    found = entry_to_hide(session, entry_id)
    _record(session, "hidings.opened", entry_id)
    return found


def hide_entry(session: ActorSession, entry_id: UUID) -> UUID:
    """From now on it opens to whoever wrote it, the treating team and an emergency alone; hidden twice changes nothing.

    Raises:
        NotFound: absent, not signed, or not the actor's own.
        RuleBroken: entries of its kind may not be hidden, or the actor may not decide for the patient.
    """
    _require_own(session, entry_id)
    # A definer function: nobody may change what restricts an entry, only ask for this one change (docs/decisions/0030-hidden-entries.md).
    asked = func.emr.hide_entry(new_id(), entry_id, type_=Text())
    return _settled(session, entry_id, session.scalars(asked).one(), act="entry.hidden")


def show_entry(session: ActorSession, entry_id: UUID) -> UUID:
    """It opens again to whom it did before; shown twice changes nothing. Raises like `hide_entry`."""
    _require_own(session, entry_id)
    asked = func.emr.show_entry(entry_id, type_=Text())
    return _settled(session, entry_id, session.scalars(asked).one(), act="entry.shown")


def _require_own(session: ActorSession, entry_id: UUID) -> None:
    entry_to_hide(session, entry_id)
    decides_until_now(session)
    if not access.may_do_to_own(session, Deed.HIDE, Thing.ENTRIES):
        raise RuleBroken("Only the person themself can decide this: you may see their record, not decide.")


def _settled(session: ActorSession, entry_id: UUID, answer: str, *, act: str) -> UUID:
    if answer == Hiding.ABSENT:
        raise NotFound(NO_ENTRY)
    if answer == Hiding.KEPT:
        raise RuleBroken("Such an entry cannot be hidden: the page says why.")
    if answer in (Hiding.HIDDEN, Hiding.SHOWN):
        _record(session, act, entry_id)
        # The lines of the others told what they took from it (emr/summaries/rules/record_contents.py).
        told = {"patient_id": str(session.actor.patient_id), "object_id": str(entry_id)}
        announce(session, act, told)
    return entry_id


def _record(session: ActorSession, act: str, entry_id: UUID) -> None:
    audit.record(
        session, act=act, patient_id=session.actor.patient_id, object_kind="entry", object_id=entry_id
    )
