"""What the register of facilities asks of a row."""

from collections.abc import Mapping
from typing import Any

from identity.facilities.enumerations import CENTER_CODE, FacilityKind


def wrong_with_facility(row: Mapping[str, Any]) -> str:
    """Why it cannot be entered; "" where it can.

    The Dispatching Center is known by its code, which no other facility bears; half a place on the map is none.
    """
    center = row["kind"] is FacilityKind.DISPATCHING_CENTER
    if center and row["code"] != CENTER_CODE:
        return f"code: the Dispatching Center has the code {CENTER_CODE}, and there is one"
    if row["code"] == CENTER_CODE and not center:
        return f"kind: {CENTER_CODE} is the code of the Dispatching Center, whose kind is dispatching_center"
    if (row.get("latitude") is None) != (row.get("longitude") is None):
        return "latitude and longitude: both are given or neither"
    return ""
