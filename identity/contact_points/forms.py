"""What is typed of an address or a telephone, and what is chosen."""

from typing import Any

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from foundation.language.translation import LANGUAGES, lazy, reader_locale
from foundation.web.forms import BaseForm, IdempotentForm, SelectChoice
from identity.contact_points.rules.addresses import EmailFault, email_fault, normal_email, normal_phone

LONGEST_TYPED = 300
FAULT_WORDS = {
    EmailFault.SHAPE: lazy("This is no e-mail address. One looks like name@example.ru."),
    EmailFault.LOCAL_LETTERS: lazy(
        "Before the @ only letters from a to z, digits and signs can stand. Use an address that is written so."
    ),
    EmailFault.DOMAIN: lazy("What stands behind the @ is no name of a mail server. Check it."),
    EmailFault.TOO_LONG: lazy("No e-mail address is so long."),
}


def _language_field(label: Any) -> RadioField:
    return RadioField(
        label,
        choices=[SelectChoice(each, name) for each, name in LANGUAGES.items()],
        default=reader_locale,
        validators=[InputRequired(lazy("Choose the language."))],
    )


class EnterEmailForm(IdempotentForm):
    email = StringField(
        lazy("E-mail address"),
        render_kw={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"},
        validators=[
            InputRequired(lazy("Type the e-mail address.")),
            Length(max=LONGEST_TYPED, message=FAULT_WORDS[EmailFault.TOO_LONG]),
        ],
    )

    def validate_email(self, field: StringField) -> None:
        if fault := email_fault(field.data or ""):
            raise ValidationError(FAULT_WORDS[fault])

    @property
    def value(self) -> str:
        """In its normal form, of a valid form."""
        return normal_email(self.email.data or "")


class EnterEmailAtDeskForm(EnterEmailForm):
    language = _language_field(lazy("Language of the letter"))


class EnterPhoneForm(IdempotentForm):
    phone = StringField(
        lazy("Telephone"),
        description=lazy("Such as +7 912 345-67-89"),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
        validators=[
            InputRequired(lazy("Type the telephone number.")),
            Length(max=LONGEST_TYPED, message=lazy("No telephone number is so long.")),
        ],
    )

    def validate_phone(self, field: StringField) -> None:
        if normal_phone(field.data or "") is None:
            raise ValidationError(
                lazy("This is no telephone number. Type all of it, from another country with + and its code.")
            )

    @property
    def value(self) -> str:
        """In its normal form, of a valid form."""
        return normal_phone(self.phone.data or "") or ""


class PressForm(IdempotentForm):
    """Taken away, sent again, confirmed: nothing but the press of a button."""


class ChooseNoticesForm(IdempotentForm):
    wanted = RadioField(
        lazy("Tell me by e-mail when somebody signs in to my account"),
        choices=[SelectChoice("yes", lazy("Yes")), SelectChoice("no", lazy("No"))],
        validators=[InputRequired(lazy("Choose yes or no."))],
    )
    language = _language_field(lazy("Language of the letters"))


class ConfirmAddressForm(BaseForm):
    """The press of a button by whoever holds the link; pressed twice, it is told that it was pressed."""
