"""What a citizen types who lets another act for them, and the presses with which offers and rights are answered and ended."""

from datetime import date
from typing import cast

from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from foundation.language.translation import lazy
from foundation.web.forms import IdempotentForm, SelectChoice
from identity.access.enumerations import Scope
from identity.grants.enumerations import Answer, OfferState
from identity.grants.rules import LONGEST_WORDS, NewOffer
from identity.people.rules.snils import normal_snils

SCOPE_WORDS = {
    Scope.RECORD: lazy("Medical record: visits, results, medicines"),
    Scope.BOOKINGS: lazy("Referrals and bookings"),
    Scope.IMAGES: lazy("Images: X-rays, CT and MRI scans"),
}
STATE_WORDS = {
    OfferState.WAITING: lazy("Waits for an answer"),
    OfferState.ACCEPTED: lazy("Accepted"),
    OfferState.DECLINED: lazy("Declined"),
    OfferState.REVOKED: lazy("You withdrew the offer"),
    OfferState.EXPIRED: lazy("Nobody answered in time"),
}


class OfferRightForm(IdempotentForm):
    snils = StringField(
        lazy("SNILS of that person"),
        description=lazy("All eleven digits"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[InputRequired(lazy("Type the whole SNILS."))],
    )
    birth_date = DateField(
        lazy("Date of birth of that person"), validators=[InputRequired(lazy("Type the date of birth."))]
    )
    scopes = SelectMultipleField(
        lazy("What this person may see"),
        choices=[SelectChoice(each.value, SCOPE_WORDS[each]) for each in Scope],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(lazy("Choose at least one."))],
    )
    last_day = DateField(
        lazy("Last day"),
        description=lazy("Until the end of this day, a year from today at the longest"),
        validators=[InputRequired(lazy("Type the last day."))],
    )
    words = TextAreaField(
        lazy("Words to this person (optional)"),
        validators=[
            Optional(),
            Length(max=LONGEST_WORDS, message=lazy("Say it in fewer than 300 characters.")),
        ],
    )

    def validate_snils(self, field: StringField) -> None:
        if normal_snils(field.data or "") is None:
            raise ValidationError(lazy("This is no SNILS: its check digits do not fit."))

    @property
    def offer(self) -> NewOffer:
        """Of a valid form."""
        return NewOffer(
            snils=normal_snils(self.snils.data or "") or "",
            birth_date=cast(date, self.birth_date.data),
            scopes=tuple(each for each in Scope if each.value in (self.scopes.data or ())),
            last_day=cast(date, self.last_day.data),
            words=(self.words.data or "").strip(),
        )


class AnswerOfferForm(IdempotentForm):
    """One press: accepted or declined."""

    answer = StringField(validators=[InputRequired()])

    @property
    def accepted(self) -> bool:
        return self.answer.data == Answer.ACCEPTED

    def validate_answer(self, field: StringField) -> None:
        if field.data not in (Answer.ACCEPTED, Answer.DECLINED):
            raise ValidationError(lazy("Accept the offer or decline it."))


class EndRightForm(IdempotentForm):
    """One press: an offer or a right is over."""
