"""What a registrar says when two records are joined, and when they are parted."""

from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice, SelectField
from identity.confirmations.enumerations import DocumentKind
from identity.confirmations.rules import SeenDocument
from identity.people.forms import document_number_field
from identity.registry.forms import DOCUMENT_WORDS

LONGEST_REASON = 500
TOO_LONG = lazy("Say it in 500 characters at most.")
BOTH, ONE = "both", "one"


class MergeForm(IdempotentForm):
    reason = TextAreaField(
        lazy("Why are they one person’s records?"),
        description=lazy("Patients read it in the list of accesses."),
        render_kw={"rows": 3},
        validators=[
            InputRequired(lazy("Say why these are one person’s records.")),
            Length(max=LONGEST_REASON, message=TOO_LONG),
        ],
    )
    document_kind = SelectField(
        lazy("Document that you were shown"),
        choices=[
            SelectChoice("", lazy("None")),
            *(SelectChoice(each.value, words) for each, words in DOCUMENT_WORDS.items()),
        ],
    )
    document_number = document_number_field(optional=True)
    accounts = RadioField(
        lazy("Which account opens the joined record?"),
        choices=[
            SelectChoice(BOTH, lazy("Both accounts: they are the same person’s")),
            SelectChoice(ONE, lazy("Only the account of the record that stays")),
        ],
        validate_choice=False,
    )
    compared = BooleanField(
        lazy("I have compared both records: they are of one person"),
        validators=[InputRequired(lazy("Nothing is joined that was not compared. Compare the two first."))],
    )

    def validate_document_number(self, field: StringField) -> None:
        if bool((field.data or "").strip()) is not bool(self.document_kind.data):
            raise ValidationError(lazy("Say both which document it is and its number, or neither."))

    @property
    def seen(self) -> SeenDocument | None:
        """Of a valid form."""
        if not self.document_kind.data:
            return None
        return SeenDocument(DocumentKind(self.document_kind.data), self.document_number.data or "")

    @property
    def with_accounts(self) -> bool | None:
        """Of a valid form; None where nothing was said."""
        return {BOTH: True, ONE: False}.get(self.accounts.data or "")


class UndoMergeForm(IdempotentForm):
    reason = TextAreaField(
        lazy("Why are they not one person’s records?"),
        description=lazy("Patients read it in the list of accesses."),
        render_kw={"rows": 3},
        validators=[
            InputRequired(lazy("Say why these are not one person’s records.")),
            Length(max=LONGEST_REASON, message=TOO_LONG),
        ],
    )
