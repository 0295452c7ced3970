"""Where somebody asks for their record to be found, or types the code that they were given."""

from collections.abc import Sequence
from typing import Self

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from foundation.language.translation import lazy
from foundation.web.forms import BaseForm, SelectChoice, SelectField
from identity.facilities.queries import FacilityCard
from identity.record_requests.enumerations import RefusalReason

LONGEST_PROOF = 20_000
LONGEST_CODE = 40
# Of two forms on one page, what the fields of the second begin with.
CODE_PREFIX = "code-"

# As the person reads them.
REFUSAL_WORDS = {
    RefusalReason.NO_DOCUMENT: lazy("You had no document with you that shows who you are."),
    RefusalReason.ANOTHER_PERSON: lazy("The document that was shown is not of the person who signed in."),
    RefusalReason.NO_RECORD: lazy(
        "This clinic has no record of you. The clinic that treats you may have one."
    ),
    RefusalReason.ACCOUNT_EXISTS: lazy(
        "Your record is opened by another account of yours already. Sign in with that one."
    ),
}


class AskForRecordForm(BaseForm):
    # What the provider has proven, sealed.
    proven = HiddenField(validators=[InputRequired(), Length(max=LONGEST_PROOF)])
    facility = SelectField(
        lazy("Where will you come to have your details checked?"),
        validators=[InputRequired(lazy("Choose where you will come."))],
    )

    @classmethod
    def of(cls, facilities: Sequence[FacilityCard], typed: MultiDict[str, str] | None = None) -> Self:
        """The form with one choice for each facility."""
        form = cls(typed)
        form.facility.choices = [
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(str(each.id), f"{each.name} ({each.settlement})") for each in facilities),
        ]
        return form


class EnterCodeForm(BaseForm):
    # What the provider has proven, sealed.
    proven = HiddenField(validators=[InputRequired(), Length(max=LONGEST_PROOF)])
    code = StringField(
        lazy("One-time code"),
        description=lazy("Ten digits, as reception gave them to you, such as 1234 567 890"),
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"},
        validators=[
            InputRequired(lazy("Type the code.")),
            Length(max=LONGEST_CODE, message=lazy("The code has ten digits.")),
        ],
    )
