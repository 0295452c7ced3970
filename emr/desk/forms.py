"""What is typed on several pages of the desk: a search, the code of a diagnosis."""

from wtforms import Field, Form, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from dispatch_backend.services.enumerations import DiagnosisCode
from foundation.errors import BadInput
from foundation.language.translation import lazy, sentence_of
from foundation.web.forms import BaseForm


def stripped_upper(text: str | None) -> str:
    return (text or "").strip().upper()


def require_icd10(_form: Form, field: Field) -> None:
    try:
        DiagnosisCode(field.data)
    except BadInput as refusal:
        raise ValidationError(sentence_of(refusal)) from refusal


class SearchForm(BaseForm):
    text = StringField(
        lazy("Who are you looking for?"),
        description=lazy("Beginning of the names, date of birth or SNILS, in any order"),
        validators=[
            InputRequired(lazy("Type a name, a date of birth or a SNILS.")),
            Length(max=200, message=lazy("That is too long to search for.")),
        ],
    )
