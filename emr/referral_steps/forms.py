"""The forms of a referral's steps. The names of each carry whose it is, so that an answer fits no other."""

from datetime import datetime
from uuid import UUID

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.bookings.queries.referral_cards import ReferralCard
from emr.desk.forms import ShortEnough
from emr.referral_steps.rules import may_note_arrival, may_revoke, may_tell_outcome
from foundation.clock import zone
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice, VersionField

LONGEST_REASON = 500


class ReferralStepForm(IdempotentForm):
    """One of the forms; `version` is that of the referral as the doctor saw it."""

    name = ""
    version = VersionField(validators=[InputRequired(), NumberRange(min=1)])

    def __init__(self, of: UUID, formdata=None, **words) -> None:
        super().__init__(formdata, prefix=f"{self.name}-{of}-", **words)

    def show_version(self, number: int) -> None:
        self.version.process_data(number)
        self.version.raw_data = None


class VisitOutcomeForm(ReferralStepForm):
    name = "outcome"
    outcome = RadioField(
        lazy("What happened"),
        choices=[
            SelectChoice(Outcome.SERVED.value, lazy("The patient was served")),
            SelectChoice(Outcome.NO_SHOW.value, lazy("The patient did not come")),
        ],
        validators=[InputRequired(lazy("Say what happened."))],
    )
    note = StringField(lazy("Remark"), validators=[Optional(), ShortEnough(LONGEST_REASON)])


class ArrivalForm(ReferralStepForm):
    name = "arrival"


class RevokeForm(ReferralStepForm):
    name = "revoke"
    reason = StringField(
        lazy("Reason"),
        description=lazy("The patient reads this too"),
        validators=[
            InputRequired(lazy("Give the reason: it stays in the history of the referral.")),
            ShortEnough(LONGEST_REASON),
        ],
    )


def step_of(
    referral: ReferralCard, *, facility_id: UUID | None, at: datetime
) -> type[VisitOutcomeForm | ArrivalForm | RevokeForm] | None:
    """Which form the referral waits for from a doctor of this facility, if it waits for any."""
    visit = referral.booking
    if visit and may_tell_outcome(
        referral.state,
        visit_facility_id=visit.facility_id,
        visit_ends_at=visit.ends_at,
        facility_id=facility_id,
        at=at,
    ):
        return VisitOutcomeForm
    if visit and may_note_arrival(
        visit.state,
        visit_facility_id=visit.facility_id,
        facility_id=facility_id,
        day_has_come=visit.starts_at.astimezone(zone()).date() <= at.astimezone(zone()).date(),
    ):
        return ArrivalForm
    if may_revoke(referral.state, from_facility_id=referral.from_facility_id, facility_id=facility_id):
        return RevokeForm
    return None
