"""What several desks ask of a person's papers, in the same words."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from foundation.language.translation import lazy

LONGEST_NUMBER = 60
NUMBER_MISSING = lazy("Type the number of the document.")
NUMBER_TOO_LONG = lazy("No document has so long a number.")


def document_number_field(*, optional: bool = False) -> StringField:
    """Series and number of a document that whoever fills in the form has before them; a keyed digest of them is kept."""
    return StringField(
        lazy("Series and number of the document"),
        description=lazy("Kept only in a form that nobody can read, to compare it with the paper later."),
        render_kw={"autocomplete": "off"},
        validators=[
            *([] if optional else [InputRequired(NUMBER_MISSING)]),
            Length(max=LONGEST_NUMBER, message=NUMBER_TOO_LONG),
        ],
    )
