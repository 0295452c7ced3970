"""What is asked for each purpose, in the words that a person agrees to, and the press with which they answer."""

from wtforms import StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, VersionField
from identity.consents.enumerations import ConsentState, Decision, Purpose

TITLES = {
    Purpose.RESEARCH: lazy("Research"),
    Purpose.REMINDERS: lazy("Reminders"),
    Purpose.SHARING: lazy("Handing your record to other hospitals"),
}
# The text of each version stays here for ever: whoever agreed to it can read it again. A new one is a further line, and a
# higher number in `identity.consents.rules.TEXT_VERSIONS`.
TEXTS = {
    (Purpose.RESEARCH, 1): lazy(
        "I agree that what is kept about my health here is given to medical research without my name, number, address and other details that tell who I am."
    ),
    (Purpose.REMINDERS, 1): lazy(
        "I agree that this service reminds me of my bookings and of examinations that are due for me, at the address that I have confirmed here."
    ),
    (Purpose.SHARING, 1): lazy(
        "I agree that the service hands my record to hospitals outside the region that treat me and ask for it."
    ),
}
# What the service really does with the answer today.
TODAY = {
    Purpose.RESEARCH: lazy(
        "Today nothing is given to research from here, whatever you answer. Your answer is kept with its date."
    ),
    Purpose.REMINDERS: lazy(
        "Today this service reminds nobody of anything; what is new stands on your first page. Your answer is kept with its date."
    ),
    Purpose.SHARING: lazy(
        "Today this service hands your record to nobody outside the region, whatever you answer. Your answer is kept with its date. It does not stop a doctor of a hospital that sees your record from downloading it for another hospital, where the law allows that: you read of it under “Who looked”. Nor does it touch what you hand to somebody yourself."
    ),
}
STATE_WORDS = {
    ConsentState.NEVER_ASKED: lazy("You have not answered. That counts as no."),
    ConsentState.GIVEN: lazy("You agree."),
    ConsentState.DENIED: lazy("You do not agree."),
    ConsentState.TEXT_CHANGED: lazy(
        "You agreed to an earlier text. It says something else now, so that counts as no until you answer."
    ),
    ConsentState.ENDED: lazy(
        "Somebody who acted for you answered. Their right to is over, so that counts as no until you answer."
    ),
}
DECISION_WORDS = {Decision.PERMIT: lazy("Agreed"), Decision.DENY: lazy("Did not agree")}


class ConsentForm(IdempotentForm):
    """One press for one purpose: yes, or no. `seen` is the version of the text that was read."""

    purpose = StringField(validators=[InputRequired()])
    seen = VersionField(validators=[InputRequired(), NumberRange(min=1)])
    decision = StringField(validators=[InputRequired()])

    @property
    def asked(self) -> Purpose:
        """Of a valid form."""
        return Purpose(self.purpose.data or "")

    @property
    def answered(self) -> Decision:
        """Of a valid form."""
        return Decision(self.decision.data or "")

    def validate_purpose(self, field: StringField) -> None:
        if field.data not in tuple(Purpose):
            raise ValidationError(lazy("Nobody is asked for that."))

    def validate_decision(self, field: StringField) -> None:
        if field.data not in tuple(Decision):
            raise ValidationError(lazy("Say yes or no."))
