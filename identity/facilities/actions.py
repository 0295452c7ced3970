"""Entering facilities from an operator's tables; an administrator's own changes are made in identity.administration."""

from collections.abc import Mapping, Sequence
from typing import Any

from foundation.database.transactions import ActorSession
from foundation.registers import Entered, enter_rows
from identity.facilities.rules import wrong_with_facility
from identity.facilities.tables import Facility


def enter_facilities(session: ActorSession, rows: Sequence[Mapping[str, Any]]) -> Entered:
    """Enter facilities, known by their code, or let those that are there say what these rows say.

    Args:
        rows: columns of the register by their names.
    """
    return enter_rows(session, Facility, rows, key="code", wrong_with=wrong_with_facility)
