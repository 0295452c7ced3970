"""The wall of entries: what `identity.access` asks of a patient, and of what restricts the entry besides."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, cast, func, select

from emr.sensitivity.tables import Labelling, LabelRule
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing


def readable(session: ActorSession, table: Any, authors: Any, *, only: Any = None) -> ColumnElement[bool]:
    """The condition that a row which tells of an entry is open to the reader, labelled or not.

    Args:
        table: of versions, signatures or lines, which all say what restricts their entry.
        authors: its column of who wrote or signed the row.
        only: as in `access.readable_by`.
    """
    restricted = access.Restricted(table.restrictions, authors)
    return access.readable_by(session, Thing.ENTRIES, table.patient_id, only=only, restricted=restricted)


def rules_of_today(session: ActorSession) -> str:
    """A digest of the rules that are valid today."""
    columns = (LabelRule.system, LabelRule.code_from, LabelRule.code_to, cast(LabelRule.compared, Text))
    told = func.concat_ws(" ", *columns, LabelRule.label)
    valid = select(func.md5(func.string_agg(told, func.chr(cast(10, Integer)))))
    digest = valid.where(func.foundation.today().between(LabelRule.valid_from, LabelRule.valid_to))
    return session.scalar(digest) or ""


def labelled_by(session: ActorSession) -> str:
    """The digest of the rules by which every entry was labelled last, "" where nobody knows."""
    return session.scalar(select(Labelling.digest)) or ""
