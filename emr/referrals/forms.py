"""What a doctor types to refer a patient."""

from collections.abc import Collection

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired

from dispatch_backend.services.enumerations import SOONER_THAN_PLANNED, Priority, ServiceKind
from dispatch_backend.services.queries import ServiceCard
from emr.desk.forms import ShortEnough, require_icd10, stripped_upper
from emr.drafts.forms import DraftedForm
from foundation.language.translation import gettext, lazy
from foundation.web.forms import SelectChoice, SelectField

SERVICE_KIND_WORDS = {
    ServiceKind.CONSULTATION: lazy("Consultation"),
    ServiceKind.TEST: lazy("Test"),
    ServiceKind.IMAGING: lazy("Images"),
    ServiceKind.BED: lazy("Hospital stay"),
}
# Longer than on the board: who chooses is told what the word asks of others.
PRIORITY_CHOICES = {
    Priority.EMERGENCY: lazy("Emergency: at once"),
    Priority.URGENT: lazy("Urgent"),
    Priority.PLANNED: lazy("Planned"),
}


class ReferralForm(DraftedForm):
    service = SelectField(
        lazy("What for"), validators=[InputRequired(lazy("Choose what the referral is for."))]
    )
    priority = SelectField(
        lazy("How urgent"),
        choices=[],
        validators=[InputRequired(lazy("Choose how urgent it is."))],
        # One is chosen beforehand, so that the browser has nothing to require.
        render_kw={"required": False},
    )
    diagnosis_code = StringField(
        lazy("Diagnosis code"),
        description=lazy("ICD-10, such as J06.9"),
        filters=[stripped_upper],
        validators=[InputRequired(lazy("Give the diagnosis code.")), require_icd10],
    )
    reason = TextAreaField(
        lazy("Why, and what is asked"),
        description=lazy("The other doctor and the patient read this"),
        validators=[
            InputRequired(lazy("Say why the patient is referred.")),
            ShortEnough(4000),
        ],
    )

    @property
    def asks_for_bed_now(self) -> bool:
        """Whether hospitals are to be called, of what was chosen among the services offered."""
        return self.service.data in self._beds and Priority(self.priority.data) in SOONER_THAN_PLANNED

    def offer(self, offered: Collection[ServiceCard]) -> None:
        """Let people choose among these services. Nothing is chosen beforehand: the first of the list would be nobody's wish."""
        self._beds = {each.code for each in offered if each.kind is ServiceKind.BED}
        self.service.choices = [
            SelectChoice("", gettext("Choose")),
            *(
                SelectChoice(each.code, str(each.name), optgroup=str(SERVICE_KIND_WORDS[each.kind]))
                for each in offered
            ),
        ]
        self.priority.choices = [
            SelectChoice(each.value, str(words)) for each, words in PRIORITY_CHOICES.items()
        ]
