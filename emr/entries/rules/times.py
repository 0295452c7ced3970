"""When something in a record can have happened."""

from datetime import date, datetime, timedelta

from foundation.errors import BadInput

# Clocks on desks run a little fast.
CLOCKS_DIFFER_BY = timedelta(minutes=5)


def require_in_lifetime(moment: datetime, *, born: date, at: datetime) -> None:
    """Refuse what a person writes down of a time before the patient was born, or that has not come yet.

    Args:
        moment: in the region's zone, whose days are meant.
        born: the first day on which the patient can have been born.
        at: the present.

    Raises:
        BadInput: it lies outside.
    """
    if moment.date() < born:
        raise BadInput("The patient was not born yet on that day. Check the date.")
    if moment > at + CLOCKS_DIFFER_BY:
        raise BadInput("This time has not come yet. Check the date and the hour.")
