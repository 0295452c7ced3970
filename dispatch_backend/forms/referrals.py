"""The forms on a referral's page. Several stand there at once, so each has a prefix of its own."""

from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import UUID, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from dispatch_backend.rules.kinds import Outcome
from foundation.forms import CreatingForm, NumberField, SelectChoice
from foundation.language import lazy

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


class _ReferralForm(CreatingForm):
    prefix = ""

    def __init__(self, formdata=None, **kwargs) -> None:
        super().__init__(formdata, prefix=self.prefix, **kwargs)


class BookSlotForm(_ReferralForm):
    prefix = "book-"
    # The buttons of the slots give it.
    slot_id = HiddenField(validators=[InputRequired(lazy("Choose a slot.")), UUID(lazy("Choose a slot."))])
    version = NumberField(widget=HiddenInput(), validators=[InputRequired(), NumberRange(min=1)])


class CancelBookingForm(_ReferralForm):
    prefix = "cancel-"
    reason = reason_field(lazy("The patient reads this too"))
    revoke = BooleanField(lazy("Withdraw the referral: no other time is needed"))


class OutcomeForm(_ReferralForm):
    prefix = "outcome-"
    outcome = RadioField(
        lazy("What happened"),
        choices=[
            SelectChoice(Outcome.SERVED.value, lazy("The patient was served")),
            SelectChoice(Outcome.NO_SHOW.value, lazy("The patient did not come")),
        ],
        validators=[InputRequired(lazy("Say what happened."))],
    )
    note = StringField(lazy("Remark"), validators=[Optional(), Length(max=LONGEST_REASON, message=TOO_LONG)])


class RevokeReferralForm(_ReferralForm):
    prefix = "revoke-"
    reason = reason_field(lazy("The patient reads this too"))
