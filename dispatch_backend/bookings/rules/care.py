"""How long a visit keeps a patient in a facility's care: as long as the work on it lasts, and not for ever."""

from collections.abc import Iterable
from datetime import datetime, timedelta

# Results are written, looked up and asked about for some time after a visit.
AFTER_VISIT = timedelta(days=90)


def treating_until(visits: Iterable[datetime]) -> datetime | None:
    """Until when the facility of these visits cares for the patient; None where nothing stands there.

    Args:
        visits: when each ends that is still to come or took place, and no cancelled or missed one.
    """
    return max((ended + AFTER_VISIT for ended in visits), default=None)
