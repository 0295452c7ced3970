"""Who is taken into a treating team, and who leaves it."""

from collections.abc import Iterable

from wtforms import RadioField, validators
from wtforms.validators import InputRequired

from foundation.language.translation import lazy, printed_name
from foundation.web.forms import IdempotentForm, SelectChoice, SelectField
from identity.staff.queries import StaffCard

# Of two forms on one page, what the fields of the second begin with.
END_PREFIX = "end-"


class TakeIntoTeamForm(IdempotentForm):
    member = SelectField(
        lazy("Colleague"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(lazy("Choose a colleague.")), validators.UUID()],
    )

    def offer(self, colleagues: Iterable[StaffCard]) -> None:
        self.member.choices = [
            SelectChoice("", lazy("Choose")),
            *(
                SelectChoice(str(each.id), f"{printed_name(each.full_name)}, {each.position}")
                for each in colleagues
            ),
        ]


class EndInTeamForm(IdempotentForm):
    member = RadioField(
        lazy("Who treats the patient no more?"),
        choices=[],
        validate_choice=False,
        validators=[InputRequired(lazy("Choose who leaves the team.")), validators.UUID()],
    )

    def offer(self, members: Iterable[StaffCard]) -> None:
        self.member.choices = [SelectChoice(str(each.id), printed_name(each.full_name)) for each in members]
