"""How long a visit takes, and when each doctor, room or device begins: no two clinics keep the same hours."""

from datetime import date, datetime, time, timedelta
from zlib import crc32

from demo.referrals.offers import Offer
from foundation.clock import zone

# In minutes, by service; a bed is admitted to within half an hour.
_LENGTHS = {
    **dict.fromkeys(("T-XRAY",), 10),
    **dict.fromkeys(("C-ENDO", "C-OPHT", "C-SURG", "T-HOLT"), 15),
    **dict.fromkeys(("C-CARD", "C-NEUR", "C-ORTH", "C-PULM", "C-NEPH", "T-ABDO"), 20),
    **dict.fromkeys(("C-ONCO", "C-PAED", "T-ECHO", "I-CT", "B-THER", "B-CARD", "B-SURG"), 30),
    **dict.fromkeys(("T-ENDS", "T-EEG", "I-MRI"), 45),
    **dict.fromkeys(("I-ANGIO",), 60),
}
# A session in the morning or one in the afternoon, on even days and on odd ones.
_BEGINNINGS = (time(8), time(8, 20), time(8, 30), time(9), time(9, 40), time(13), time(13, 30), time(14, 10))
_CLOSES = time(19)
_MOST_A_DAY = 16


def length_of(offer: Offer) -> timedelta:
    """How long a visit there takes."""
    return timedelta(minutes=_LENGTHS[offer.service_code])


def session_of(offer: Offer, day: date) -> datetime:
    """When the first visit of that day begins there."""
    # Not by hash(), which falls another way in each process.
    drawn = crc32(f"{offer.facility.code} {offer.resource.en} {day.toordinal() % 2}".encode())
    return datetime.combine(day, _BEGINNINGS[drawn % len(_BEGINNINGS)], zone())


def visits_on(offer: Offer, day: date) -> int:
    """How many visits there are on that day before the place closes."""
    open_for = datetime.combine(day, _CLOSES, zone()) - session_of(offer, day)
    return min(open_for // length_of(offer), _MOST_A_DAY)
