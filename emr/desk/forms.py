"""What is typed on several pages of the desk: a search, the code of a diagnosis."""

from babel.numbers import format_decimal
from wtforms import Field, Form, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from dispatch_backend.services.enumerations import DiagnosisCode
from foundation.errors import BadInput
from foundation.language.translation import gettext, lazy, reader_locale, sentence_of
from foundation.web.forms import BaseForm


def stripped_upper(text: str | None) -> str:
    return (text or "").strip().upper()


def require_icd10(_form: Form, field: Field) -> None:
    try:
        DiagnosisCode(field.data)
    except BadInput as refusal:
        raise ValidationError(sentence_of(refusal)) from refusal


class ShortEnough:
    """Refuses a text that is too long, and says by how much; nothing of it is cut."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, _form: Form, field: Field) -> None:
        length = len((field.data or "").replace("\r\n", "\n"))
        if length > self.most:
            counts = {"length": length, "most": self.most}
            in_words = {name: format_decimal(count, locale=reader_locale()) for name, count in counts.items()}
            raise ValidationError(
                gettext(
                    "Characters: %(length)s; at most %(most)s fit. Nothing was cut: shorten it.", **in_words
                )
            )


class SearchForm(BaseForm):
    text = StringField(
        lazy("Who are you looking for?"),
        description=lazy("Names or their beginnings, date of birth, SNILS or its last digits, in any order"),
        validators=[
            InputRequired(lazy("Type a name, a date of birth or a SNILS.")),
            Length(max=200, message=lazy("That is too long to search for.")),
        ],
    )
