"""What a person says of a passkey; what their browser says of it comes along unseen."""

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from foundation.language.translation import lazy
from foundation.web.forms import BaseForm, IdempotentForm
from identity.people.rules.snils import normal_snils
from identity.second_factors.rules.resets import LONGEST_REASON, SHORTEST_REASON

LONGEST_NAME = 60
# A certificate of the device may come along; nobody sends more than this in earnest.
LONGEST_ANSWER = 20_000


def _name_field() -> StringField:
    return StringField(
        lazy("Name of the passkey"),
        description=lazy("By which you know it again, such as the device that holds it."),
        validators=[
            DataRequired(lazy("Give the passkey a name.")),
            Length(max=LONGEST_NAME, message=lazy("Give it a name of at most 60 characters.")),
        ],
    )


class NewPasskeyForm(IdempotentForm):
    name = _name_field()
    # Filled in by the page's script: RegistrationResponseJSON.
    credential = HiddenField(
        validators=[
            Length(max=LONGEST_ANSWER, message=lazy("Your browser has sent no passkey that we understand.")),
        ]
    )

    def validate_credential(self, field: HiddenField) -> None:
        # The script asks the device for nothing as long as the name is missing.
        if not field.data and not self.name.errors:
            raise ValidationError(lazy("Your browser has made no passkey. It needs scripts for that."))


class RenamePasskeyForm(IdempotentForm):
    name = _name_field()


class EndPasskeyForm(IdempotentForm):
    pass


class AskForResetForm(IdempotentForm):
    snils = StringField(
        lazy("SNILS of the colleague"), validators=[InputRequired(lazy("Type the whole SNILS."))]
    )
    reason = TextAreaField(
        lazy("Why"),
        description=lazy("The colleague and the other administrators read this."),
        validators=[
            DataRequired(lazy("Say why.")),
            Length(min=SHORTEST_REASON, message=lazy("Explain it in at least 10 characters.")),
            Length(max=LONGEST_REASON, message=lazy("Say it in at most 500 characters.")),
        ],
    )

    def validate_snils(self, field: StringField) -> None:
        if normal_snils(field.data or "") is None:
            raise ValidationError(lazy("This is no SNILS: its check digits do not fit."))


class ConfirmResetForm(IdempotentForm):
    pass


class CeremonyForm(BaseForm):
    """Sent by a page's script, which asks what a passkey shall sign."""

    @property
    def guard(self) -> str:
        """What keeps other sites from sending it, for the script to send along."""
        return self["csrf_token"].current_token  # type: ignore[attr-defined,no-any-return]  # of WTForms' CSRFTokenField


class StepUpForm(BaseForm):
    # AuthenticationResponseJSON.
    credential = HiddenField(validators=[InputRequired(), Length(max=LONGEST_ANSWER)])
