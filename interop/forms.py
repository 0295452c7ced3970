"""What a machine may narrow a record by: the parameters of Patient/$everything."""

from datetime import UTC, datetime

from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from foundation.language.translation import lazy
from foundation.web.forms import BaseForm, QueryForm, SelectChoice
from interop.enumerations import ExportReason

TYPES = r"[A-Z][A-Za-z]{1,63}(,[A-Z][A-Za-z]{1,63})*"
LONGEST_LIST = 2000
REASON_WORDS = {
    ExportReason.TRANSFER: lazy("The patient goes to another hospital"),
    ExportReason.CONSULTATION: lazy("Another hospital is asked for advice"),
    ExportReason.PATIENT_ASKED: lazy("The patient asked for it"),
    ExportReason.AUTHORITY: lazy("A law or a court demands it"),
}


class EverythingForm(QueryForm):
    """`_type` and `_since`; WTForms takes no names with a leading underscore, so the prefix stands for it."""

    type = StringField(
        validators=[
            Optional(),
            Length(max=LONGEST_LIST),
            Regexp(f"^{TYPES}$", message=lazy("_type is a list of resource types, parted by commas.")),
        ]
    )
    since = StringField(validators=[Optional()])

    def validate_since(self, field: StringField) -> None:
        if _moment(field.data or "") is None:
            raise ValidationError(str(lazy("_since is a moment, such as 2026-05-03T10:00:00+05:00.")))

    @property
    def types(self) -> frozenset[str]:
        return frozenset((self.type.data or "").split(",")) - {""}

    @property
    def moment(self) -> datetime | None:
        return _moment(self.since.data or "")


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class StaffExportForm(BaseForm):
    """Sent again it is another copy, and counted as one."""

    reason = RadioField(
        lazy("Why do you download it?"),
        choices=[SelectChoice(each.value, REASON_WORDS[each]) for each in ExportReason],
        validators=[InputRequired(lazy("Choose the reason."))],
    )
