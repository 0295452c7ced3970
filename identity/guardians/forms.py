"""What a registrar types of a guardian's paper, and why a guardianship ends."""

from collections.abc import Iterable
from datetime import date
from typing import cast
from uuid import UUID

from wtforms import BooleanField, DateField, RadioField, StringField, validators
from wtforms.validators import InputRequired, Length, ValidationError

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice
from identity.guardians.enumerations import GuardianBasis, GuardianDocument, GuardianEndReason
from identity.guardians.rules import LONGEST_ISSUER, LONGEST_NUMBER, SeenPaper
from identity.people.forms import NUMBER_MISSING, NUMBER_TOO_LONG
from identity.people.rules.snils import normal_snils

PAPER_WORDS = {
    GuardianDocument.AUTHORITY_ORDER: lazy("Order of the guardianship authority"),
    GuardianDocument.GUARDIAN_CARD: lazy("Guardian’s card"),
    GuardianDocument.COURT_DECISION: lazy("Decision of a court"),
}
BASIS_WORDS = {
    GuardianBasis.INCAPACITY: lazy("Found incapable by a court (Civil Code, articles 29 and 32)"),
    GuardianBasis.LIMITED_CAPACITY: lazy("Limited in capacity by a court (Civil Code, articles 30 and 33)"),
}
END_WORDS = {
    GuardianEndReason.COURT_OR_AUTHORITY: lazy("A court or the guardianship authority ended it"),
    GuardianEndReason.DOCUMENT_INVALID: lazy("The document is not valid"),
    GuardianEndReason.DEATH: lazy("One of the two has died"),
    GuardianEndReason.BY_MISTAKE: lazy("It was entered by mistake"),
}
# Of two forms on one page, what the fields of the second begin with.
END_PREFIX = "end-"


class EnterGuardianForm(IdempotentForm):
    snils = StringField(
        lazy("SNILS of the guardian"),
        description=lazy("All eleven digits. The guardian must be known to your facility."),
        render_kw={"autocomplete": "off"},
        validators=[InputRequired(lazy("Type the whole SNILS."))],
    )
    document_kind = RadioField(
        lazy("Document that you were shown"),
        choices=[SelectChoice(each.value, PAPER_WORDS[each]) for each in GuardianDocument],
        validators=[InputRequired(lazy("Choose which document you were shown."))],
    )
    document_number = StringField(
        lazy("Number of the document"),
        render_kw={"autocomplete": "off"},
        validators=[
            InputRequired(NUMBER_MISSING),
            Length(max=LONGEST_NUMBER, message=NUMBER_TOO_LONG),
        ],
    )
    issuer = StringField(
        lazy("Who issued it"),
        validators=[
            InputRequired(lazy("Say who issued the document.")),
            Length(max=LONGEST_ISSUER, message=lazy("In 200 characters at most.")),
        ],
    )
    issued_on = DateField(
        lazy("Date of the document"), validators=[InputRequired(lazy("Type the date of the document."))]
    )
    last_day = DateField(
        lazy("Last day"),
        description=lazy("As the document says; five years from today at the longest"),
        validators=[InputRequired(lazy("Type the last day."))],
    )
    basis = RadioField(
        lazy("Why there is a guardian"),
        choices=[SelectChoice(each.value, BASIS_WORDS[each]) for each in GuardianBasis],
        validators=[InputRequired(lazy("Say why there is a guardian."))],
    )
    in_hand = BooleanField(
        lazy("I hold the original, and have seen a document of the guardian’s own"),
        validators=[InputRequired(lazy("No guardian is entered without the document. Look at it first."))],
    )

    def validate_snils(self, field: StringField) -> None:
        if normal_snils(field.data or "") is None:
            raise ValidationError(lazy("This is no SNILS: its check digits do not fit."))

    @property
    def guardian(self) -> str:
        """The SNILS in its normal form, of a valid form."""
        return normal_snils(self.snils.data or "") or ""

    @property
    def paper(self) -> SeenPaper:
        """Of a valid form."""
        return SeenPaper(
            kind=GuardianDocument(self.document_kind.data),
            number=(self.document_number.data or "").strip(),
            issuer=" ".join((self.issuer.data or "").split()),
            issued_on=cast(date, self.issued_on.data),
            last_day=cast(date, self.last_day.data),
            basis=GuardianBasis(self.basis.data),
        )


class EndGuardianForm(IdempotentForm):
    guardianship = RadioField(
        lazy("Which guardian?"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(lazy("Choose who is guardian no more.")), validators.UUID()],
    )
    reason = RadioField(
        lazy("Why does it end?"),
        choices=[SelectChoice(each.value, END_WORDS[each]) for each in GuardianEndReason],
        validators=[InputRequired(lazy("Say why."))],
    )

    def offer(self, guardians: Iterable[tuple[UUID, str]]) -> None:
        """One choice for each guardian."""
        self.guardianship.choices = [SelectChoice(str(each), words) for each, words in guardians]
