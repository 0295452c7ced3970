"""What still needs another key than the service's present one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select

from foundation.database.transactions import ActorSession
from foundation.sealing import HEAD_BYTES, current_head
from identity.staff.tables import StaffMember


def rows_to_reseal(
    session: ActorSession, table: Any, column: Any, *, after: UUID | None, at_once: int
) -> Sequence[Row[Any]]:
    """The next rows, locked, whose column (named `sealed`) was sealed under another key, in the order of their ids."""
    asked = select(table.id, column.label("sealed")).where(
        column.is_not(None), func.substring(column, 1, HEAD_BYTES) != current_head()
    )
    if after is not None:
        asked = asked.where(table.id > after)
    return session.execute(asked.order_by(table.id).limit(at_once).with_for_update()).all()


def staff_only_digested(session: ActorSession) -> int:
    """How many members of staff are known by a digest alone: only the register's own table can digest them anew."""
    asked = select(func.count()).where(
        StaffMember.national_identifier_digest.is_not(None), StaffMember.national_identifier_sealed.is_(None)
    )
    return session.scalar(asked) or 0
