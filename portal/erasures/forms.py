"""What a citizen asks to be erased, what the privacy officer answers, and how what is kept is called."""

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice, VersionField
from portal.erasures.enumerations import ANSWERS, ErasureState, RetentionKind

LONGEST = 2000
SHORTEST_ANSWER = 20
TOO_LONG = lazy("Say it in fewer than 2000 characters.")

KIND_WORDS = {
    RetentionKind.RECORD: lazy("Medical record"),
    RetentionKind.IMAGES: lazy("Images"),
    RetentionKind.REFERRALS: lazy("Referrals and bookings"),
    RetentionKind.ACCESS: lazy("Who looked at the record"),
    RetentionKind.CONSENTS: lazy("Consents"),
    RetentionKind.REQUESTS: lazy("Questions and requests to the privacy officer"),
    RetentionKind.DEVICES: lazy("With which browsers somebody was signed in earlier"),
}
# As the citizen reads them.
STATE_WORDS = {
    ErasureState.RECEIVED: lazy("Received, not answered yet"),
    ErasureState.EXTENDED: lazy("The term was lengthened"),
    ErasureState.KEPT: lazy("Answered: the law has it kept"),
    ErasureState.ERASED: lazy("Answered: what may be erased was erased, the law has the rest kept"),
}
VERDICT_WORDS = {
    ErasureState.KEPT: lazy("Nothing is erased: the law has it kept"),
    ErasureState.ERASED: lazy("Erase what may be erased, now and for ever; the rest is kept"),
    ErasureState.EXTENDED: lazy("Lengthen the term, once, and say why"),
}


class AskForErasureForm(IdempotentForm):
    words = TextAreaField(
        lazy("What should be erased?"),
        description=lazy("In your own words. You may also say why."),
        validators=[
            InputRequired(lazy("Say what should be erased.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )


class AnswerErasureForm(IdempotentForm):
    """`seen` is how many answers the officer has read."""

    seen = VersionField(validators=[InputRequired(), NumberRange(min=0)])
    verdict = RadioField(
        lazy("What follows"),
        choices=[SelectChoice(each.value, VERDICT_WORDS[each]) for each in ANSWERS],
        validators=[InputRequired(lazy("Say what follows."))],
    )
    words = TextAreaField(
        lazy("Answer to the patient"),
        description=lazy("The patient reads exactly this, with the list of what is kept until when."),
        validators=[
            InputRequired(lazy("Write the answer.")),
            Length(min=SHORTEST_ANSWER, message=lazy("Explain it in at least 20 characters.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )
