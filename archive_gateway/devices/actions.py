"""Entering devices into the register: done by loaders, never by a login."""

from collections.abc import Mapping, Sequence
from typing import Any

from archive_gateway.devices.tables import Device
from foundation.database.transactions import ActorSession
from foundation.registers import Entered, enter_rows
from identity.facilities.queries import facilities_by_code, no_facility


def enter_devices(session: ActorSession, rows: Sequence[Mapping[str, Any]]) -> Entered:
    """Enter devices, known by their AE title, or let those that are there say what these rows say.

    Args:
        rows: columns of the register by their names, and `facility`, the code of the place, which is always there.
    """
    places = facilities_by_code(session, {row["facility"] for row in rows})

    def wrong_with(row: Mapping[str, Any]) -> str:
        return no_facility(codes[row["ae_title"]]) if row["facility_id"] is None else ""

    codes = {row["ae_title"]: row["facility"] for row in rows}
    placed = [
        {name: value for name, value in row.items() if name != "facility"}
        | {"facility_id": places[row["facility"]].id if row["facility"] in places else None}
        for row in rows
    ]
    return enter_rows(session, Device, placed, key="ae_title", wrong_with=wrong_with)
