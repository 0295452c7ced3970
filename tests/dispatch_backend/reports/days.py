"""Days of the past that these tests speak of."""

from datetime import datetime

from foundation.clock import zone


def day(year, month, day_of_month, hour=12):
    return datetime(year, month, day_of_month, hour, tzinfo=zone())


SENT_AT = day(2024, 5, 3)
