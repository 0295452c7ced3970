"""The forms on a referral's page. Several stand there at once, so each has a prefix of its own."""

import uuid
from collections.abc import Iterable, Iterator

from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional

from dispatch_backend.bookings.enumerations import EXPECTED, LIVE, BookingState, Outcome
from dispatch_backend.routing.queries.offers import OfferFilter
from foundation.language.translation import lazy
from foundation.web.forms import (
    IdempotentForm,
    QueryForm,
    SelectChoice,
    SelectField,
    VersionField,
    in_calendar,
)
from identity.facilities.queries import FacilityCard

LONGEST_REASON = 500
TOO_LONG = lazy("Say the reason in fewer than 500 characters.")


def reason_field(hint: str) -> StringField:
    return StringField(
        lazy("Reason"),
        description=hint,
        validators=[
            InputRequired(lazy("Give the reason: it stays in the history of the referral.")),
            Length(max=LONGEST_REASON, message=TOO_LONG),
        ],
    )


class ReferralPageForm(IdempotentForm):
    """One of the forms; `name` tells it from the others."""

    name = ""
    # Of the referral, as whoever fills the form in has seen it.
    version = VersionField(validators=[InputRequired(), NumberRange(min=1)])

    def __init__(self, formdata=None, **kwargs) -> None:
        super().__init__(formdata, prefix=f"{self.name}-", **kwargs)

    @property
    def written(self) -> list[str]:
        """The words that a person typed, to be shown where the form itself is no longer on the page."""
        return [field.data for field in self if field.type == "StringField" and field.data]

    def show_version(self, number: int) -> None:
        """What a form that is shown acts upon: the referral as the page shows it now."""
        self.version.process_data(number)
        self.version.raw_data = None


class OfferFilterForm(QueryForm):
    """Which slots are looked for; they stand in the address. Nonsense chooses nothing."""

    day = DateField(lazy("Day"), validators=[Optional(), in_calendar])
    place = SelectField(
        lazy("Where"),
        choices=[],
        validate_choice=False,
        validators=[Optional(), UUID(lazy("Choose a slot."))],
    )
    resource = StringField(lazy("Doctor, room or device"), validators=[Optional(), Length(max=100)])
    slot = StringField(validators=[Optional(), UUID(lazy("Choose a slot."))])
    move = BooleanField()
    # Times of planned stays, though a bed is needed now.
    planned = BooleanField()

    @property
    def wanted(self) -> OfferFilter:
        asked = self.parsed
        return OfferFilter(
            day=asked["day"],
            place_id=uuid.UUID(asked["place"]) if asked["place"] else None,
            resource=(asked["resource"] or "").strip(),
            slot_id=uuid.UUID(asked["slot"]) if asked["slot"] else None,
            moving=asked["move"],
        )

    @property
    def choices(self) -> dict[str, str]:
        """What the slots are narrowed to, as it stands in an address."""
        narrowing = (self.day, self.place, self.resource)
        return {each.name: str(each.data) for each in narrowing if each.data and not each.errors}

    def offer(self, places: Iterable[FacilityCard]) -> None:
        """Fill in the places that can be chosen."""
        self.place.choices = [
            SelectChoice("", lazy("All")),
            *(SelectChoice(str(each.id), str(each.name)) for each in places),
        ]


class ChosenSlotForm(ReferralPageForm):
    """Takes the slot that was chosen; it stands on the page where the choice is looked at once more."""

    slot_id = HiddenField(validators=[InputRequired(lazy("Choose a slot.")), UUID(lazy("Choose a slot."))])


class BookSlotForm(ChosenSlotForm):
    name = "book"


class RebookForm(ChosenSlotForm):
    """Moves a booking to the slot that was chosen."""

    name = "move"
    reason = reason_field(lazy("The patient reads this too"))


class CancelBookingForm(ReferralPageForm):
    name = "cancel"
    reason = reason_field(lazy("The patient reads this too"))
    revoke = BooleanField(lazy("Withdraw the referral: no other time is needed"))


class OutcomeForm(ReferralPageForm):
    name = "outcome"
    outcome = RadioField(
        lazy("What happened"),
        choices=[
            SelectChoice(Outcome.SERVED.value, lazy("The patient was served")),
            SelectChoice(Outcome.NO_SHOW.value, lazy("The patient did not come")),
        ],
        validators=[InputRequired(lazy("Say what happened."))],
    )
    note = StringField(lazy("Remark"), validators=[Optional(), Length(max=LONGEST_REASON, message=TOO_LONG)])


class RevokeReferralForm(ReferralPageForm):
    name = "revoke"
    reason = reason_field(lazy("The patient reads this too"))


class ConfirmBookingForm(ReferralPageForm):
    name = "confirm"


class ArrivalForm(ReferralPageForm):
    name = "arrive"


class UndoArrivalForm(ReferralPageForm):
    name = "undo_arrival"
    reason = reason_field(lazy("The patient reads this too"))


def forms_offered(
    *, bookable: bool, booking: BookingState | None, begun: bool, day_has_come: bool
) -> Iterator[type[ReferralPageForm]]:
    """What can be sent about a referral that waits for a slot, or that holds one.

    Args:
        booking: where the live booking stands.
        begun, day_has_come: of its visit.
    """
    if bookable:
        yield from (BookSlotForm, RevokeReferralForm)
    if booking in LIVE:
        yield from (CancelBookingForm, OutcomeForm, RebookForm)
    if booking is BookingState.BOOKED and not begun:
        yield ConfirmBookingForm
    if booking in EXPECTED and day_has_come:
        yield ArrivalForm
    if booking is BookingState.ARRIVED:
        yield UndoArrivalForm
