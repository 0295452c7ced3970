"""What a citizen says of an access, and what the privacy officer answers."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice, VersionField
from portal.objections.enumerations import ANSWERS, ObjectionState

LONGEST = 2000
SHORTEST_ANSWER = 20
TOO_LONG = lazy("Say it in fewer than 2000 characters.")

# As the citizen reads them.
STATE_WORDS = {
    ObjectionState.RECEIVED: lazy("Received, not answered yet"),
    ObjectionState.NEEDS_ACTION: lazy("Answered; something is being done"),
    ObjectionState.FOUNDED: lazy("You were right: this access was not allowed"),
    ObjectionState.NOT_FOUNDED: lazy("This access was allowed"),
}
VERDICT_WORDS = {
    ObjectionState.NOT_FOUNDED: lazy("Not founded: the access was allowed"),
    ObjectionState.NEEDS_ACTION: lazy("Needs action: the case stays open"),
    ObjectionState.FOUNDED: lazy("Founded: the access was not allowed"),
}


class RaiseObjectionForm(IdempotentForm):
    words = TextAreaField(
        lazy("What should we know? (optional)"),
        description=lazy("For example: I have never been to this clinic."),
        validators=[Optional(), Length(max=LONGEST, message=TOO_LONG)],
    )


class AnswerForm(IdempotentForm):
    """`seen` is how many answers the officer has read."""

    seen = VersionField(validators=[InputRequired(), NumberRange(min=0)])
    verdict = RadioField(
        lazy("What came of it"),
        choices=[SelectChoice(each.value, VERDICT_WORDS[each]) for each in ANSWERS],
        validators=[InputRequired(lazy("Say what came of it."))],
    )
    words = TextAreaField(
        lazy("Answer to the patient"),
        description=lazy("The patient reads exactly this. Say who looked, why, and what follows."),
        validators=[
            InputRequired(lazy("Write the answer.")),
            Length(min=SHORTEST_ANSWER, message=lazy("Explain it in at least 20 characters.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )
