"""What the staff read: each priority, next step, state of a referral or a booking, and act is said here, for choices and pages alike.

Patients read other words: templates/portal/dispatch/words.html.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from dispatch_backend.bookings.enumerations import BookingState
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.services.enumerations import Priority
from dispatch_backend.worklist.rules import NextStep
from foundation.language.translation import lazy

PRIORITY_WORDS = {
    Priority.EMERGENCY: lazy("Emergency"),
    Priority.URGENT: lazy("Urgent"),
    Priority.PLANNED: lazy("Planned"),
}
STEP_WORDS = {
    NextStep.BOOK: lazy("Book a slot"),
    NextStep.BOOK_AGAIN: lazy("Call and book again"),
    NextStep.AWAIT_VISIT: lazy("Await the visit"),
    NextStep.RECORD_OUTCOME: lazy("Record the outcome"),
    NextStep.NOTHING: lazy("Nothing"),
}
STATE_WORDS = {
    State.SUBMITTED: lazy("Waiting for a slot"),
    State.BOOKED: lazy("Booked"),
    State.NO_SHOW: lazy("The patient did not come"),
    State.SERVED: lazy("Served"),
    State.REVOKED: lazy("Withdrawn"),
}
ACT_WORDS = {
    Act.SENT: lazy("Referral sent"),
    Act.BOOKED: lazy("Slot booked"),
    Act.REBOOKED: lazy("Moved to another slot"),
    Act.BOOKING_CANCELLED: lazy("Booking cancelled, back in the queue"),
    Act.CONFIRMED: lazy("Booking confirmed by the patient"),
    Act.ARRIVED: lazy("Patient arrived"),
    Act.ARRIVAL_UNDONE: lazy("Arrival taken back: it was noted by mistake"),
    Act.SERVED: lazy("Patient served"),
    Act.MISSED: lazy("Patient did not come"),
    Act.REVOKED: lazy("Referral withdrawn"),
    Act.REOPENED: lazy("Referral reopened"),
}
BOOKING_WORDS = {
    BookingState.BOOKED: lazy("Booked, not confirmed yet"),
    BookingState.CONFIRMED: lazy("Confirmed by the patient"),
    BookingState.ARRIVED: lazy("The patient is there"),
    BookingState.FULFILLED: lazy("The visit took place"),
    BookingState.NO_SHOW: lazy("The patient did not come"),
    BookingState.CANCELLED: lazy("Cancelled"),
}
# By kind: a word of the code means one thing as a state and may mean another as an act.
WORDS: Mapping[type[StrEnum], Mapping[Any, Any]] = {
    Priority: PRIORITY_WORDS,
    NextStep: STEP_WORDS,
    State: STATE_WORDS,
    Act: ACT_WORDS,
    BookingState: BOOKING_WORDS,
}


def in_words(value: StrEnum) -> str:
    """The word for the staff, in the reader's language: a filter of templates."""
    return str(WORDS[type(value)][value])
