"""What a registrar says of a death, and of one that was recorded in error."""

from datetime import date
from typing import cast

from wtforms import BooleanField, DateField, HiddenField, RadioField, validators
from wtforms.validators import InputRequired, ValidationError

from foundation.clock import today
from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice, SelectField
from identity.deaths.enumerations import DeathDocumentKind, UndoingReason
from identity.deaths.rules import DeathDocument
from identity.people.forms import document_number_field

DOCUMENT_WORDS = {
    DeathDocumentKind.MEDICAL_CERTIFICATE: lazy("Medical certificate of death"),
    DeathDocumentKind.DEATH_CERTIFICATE: lazy("Death certificate of the civil registry"),
    DeathDocumentKind.REGISTRY_NOTICE: lazy("Notice from the civil registry"),
    DeathDocumentKind.COURT_DECISION: lazy("Decision of a court"),
}
UNDOING_WORDS = {
    UndoingReason.PERSON_LIVES: lazy("The person lives"),
    UndoingReason.ANOTHER_PERSON: lazy("The document is about another person"),
    UndoingReason.BY_MISTAKE: lazy("It was recorded by mistake"),
}
# Of two forms on one page, what the fields of the second begin with.
UNDO_PREFIX = "undo-"


class RecordDeathForm(IdempotentForm):
    died_on = DateField(lazy("Date of death"), validators=[InputRequired(lazy("Type the date of death."))])
    document_kind = SelectField(
        lazy("Document that tells of the death"),
        choices=[
            SelectChoice("", lazy("Choose")),
            *(SelectChoice(each.value, words) for each, words in DOCUMENT_WORDS.items()),
        ],
        validators=[InputRequired(lazy("Choose which document tells of the death."))],
    )
    document_number = document_number_field()
    in_hand = BooleanField(
        lazy("I have the document before me; its name and date of birth are this person’s"),
        validators=[InputRequired(lazy("No death is recorded without its document. Look at it first."))],
    )

    def validate_died_on(self, field: DateField) -> None:
        if field.data and field.data > today():
            raise ValidationError(lazy("This day has not come yet."))

    @property
    def day(self) -> date:
        """Of a valid form."""
        return cast(date, self.died_on.data)

    @property
    def seen(self) -> DeathDocument:
        """Of a valid form."""
        return DeathDocument(DeathDocumentKind(self.document_kind.data), self.document_number.data or "")


class UndoDeathForm(IdempotentForm):
    # Which death the page showed: another may be recorded since.
    death = HiddenField(validators=[InputRequired(), validators.UUID()])
    reason = RadioField(
        lazy("Why was it an error?"),
        choices=[SelectChoice(each.value, words) for each, words in UNDOING_WORDS.items()],
        validators=[InputRequired(lazy("Say why."))],
    )
