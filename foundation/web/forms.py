"""The parents of every form: guarded by CSRF, with a key that makes sending twice harmless, or only reading."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import uuid4

import wtforms
from flask import session
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict
from wtforms import DateTimeLocalField, Form, HiddenField, IntegerField
from wtforms.csrf.session import SessionCSRF
from wtforms.fields import Field
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the types are of an older version
from wtforms.validators import Length, Optional, StopValidation, ValidationError
from wtforms.widgets import HiddenInput, Input, Select, html_params

from foundation.clock import moment_at, now
from foundation.language.marks import UNWRITABLE
from foundation.language.translation import FormTranslations, lazy
from foundation.web.current_settings import current_settings

__all__ = [
    "BaseForm",
    "IdempotentForm",
    "NumberField",
    "PastMomentField",
    "QueryForm",
    "SelectChoice",
    "SelectField",
    "VersionField",
]

LARGEST_NUMBER = 2**63 - 1
# Versions are counted in four bytes.
LARGEST_VERSION = 2**31 - 2
# Nobody who has a record was born before, and a year of two digits that a browser sends as 0011 is none of ours.
EARLIEST_YEAR = 1850
# Clocks on desks run a little fast, and a form begins with its own minute.
CLOCKS_DIFFER_BY = timedelta(minutes=5)
NO_TIME = lazy("Give the day and the time, such as 03.05.2026 14:05.")
UNSTORABLE = lazy("The text holds characters that cannot be written down. Type it again.")


# The years that lists can be narrowed to.
YEARS = range(1800, 2201)


def attributes(**given: Any) -> Markup:
    """WTForms' own, which makes each of a page's hundred attributes anew: here only what somebody typed is."""
    parts = [
        f'value="{escape(value)}"' if name == "value" and type(value) is str else _attribute(name, value)
        for name, value in sorted(given.items())
        if value is not False
    ]
    return Markup(" ".join(parts))  # noqa: S704 - each part is escaped


@lru_cache(maxsize=4096, typed=True)
def _attribute(name: str, value: object) -> str:
    return str(html_params(**{name: value}))


class _Drawing:
    """How the fields of our forms are drawn."""

    def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
        if isinstance(field.widget, Input):
            field.widget.html_params = attributes  # type: ignore[method-assign]  # as WTForms means it to be chosen
        return super().render_field(field, render_kw)  # type: ignore[misc]  # of WTForms' Meta, beside which this stands


class FormGuard(SessionCSRF):
    """WTForms' own; a form that was opened under the further key is taken too, while the key is being changed."""

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        *further, last = self.form_meta.csrf_secrets  # type: ignore[attr-defined]  # of BaseForm's Meta
        for secret in further:
            try:
                return self._validate(secret, form, field)
            except ValidationError:
                continue
        return self._validate(last, form, field)

    def _validate(self, secret: bytes, form: Any, field: Any) -> None:
        self.form_meta = _WithSecret(self.form_meta, secret)  # type: ignore[assignment]  # in all but this one name
        super().validate_csrf_token(form, field)


class _WithSecret:
    """The form's own Meta with this one secret."""

    def __init__(self, meta: Any, secret: bytes) -> None:
        self._meta, self.csrf_secret = meta, secret

    def __getattr__(self, name: str) -> Any:
        return getattr(self._meta, name)


class BaseForm(Form):
    """A form that cannot be sent from another site."""

    class Meta(_Drawing):
        csrf = True
        csrf_class = FormGuard
        csrf_time_limit = timedelta(hours=8)

        @property
        def csrf_secret(self) -> bytes:
            return self.csrf_secrets[0]

        @property
        def csrf_secrets(self) -> list[bytes]:
            chosen = current_settings()
            return [each.encode() for each in (chosen.secret_key, chosen.further_secret_key) if each]

        @property
        def csrf_context(self):
            return session

        def get_translations(self, _form: Form) -> FormTranslations:
            return FormTranslations()

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        unstorable = [field for field in self if _unstorable(field.data)]
        for field in unstorable:
            field.errors = [*field.errors, UNSTORABLE]
        return valid and not unstorable

    @property
    def typed(self) -> dict[str, object]:
        """What the person typed, without the fields that only guard the form."""
        return {
            name: value for name, value in self.data.items() if name not in ("csrf_token", "idempotency_key")
        }


class QueryForm(Form):
    """A form sent by GET, which changes nothing and so needs no guard against forgery."""

    class Meta(_Drawing):
        def get_translations(self, _form: Form) -> FormTranslations:
            return FormTranslations()

    @classmethod
    def read(cls, address: MultiDict[str, str]) -> dict[str, Any]:
        """What an address asks for, as `parsed` tells it; most ask for nothing, and need no form to say so."""
        return cls(address).parsed if address else {**_nothing_asked(cls)}

    @property
    def parsed(self) -> dict[str, Any]:
        """What was asked for. Nonsense counts as empty, so that an old or broken link still shows a page."""
        self.validate()
        return {
            field.name: None if field.errors or _blank(field.data) or _unstorable(field.data) else field.data
            for field in self
        }


@cache
def _nothing_asked(form: type[QueryForm]) -> Mapping[str, Any]:
    return form(MultiDict()).parsed


def _unstorable(value: object) -> bool:
    """No text of ours holds such characters, so nothing is called so either."""
    return isinstance(value, str) and bool(UNWRITABLE.search(value))


def _blank(value: object) -> bool:
    """Blanks say nothing; whoever need not say anything (`Optional`) is not asked what they look like."""
    return isinstance(value, str) and value.isspace()


class _Choices(Select):
    """WTForms' own, for choices that are a value and words: a desk offers a hundred of them on a page."""

    @classmethod
    def render_option(cls, choice, **attributes):  # type: ignore[override]  # the types are of an older version
        if attributes or choice.render_kw or not isinstance(choice.value, str):
            return super().render_option(choice, **attributes)
        words = choice.label or choice.value
        return _option(choice.value, words if isinstance(words, str) else str(words), choice.selected)


# Typed: words that are marked as safe are others than the same words typed.
@lru_cache(maxsize=4096, typed=True)
def _option(value: str, words: str, selected: bool) -> str:
    """Drawn once: the same facilities and services are offered on every page."""
    chosen = "selected " if selected else ""
    return f'<option {chosen}value="{escape(value)}">{escape(words)}</option>'


class SelectField(wtforms.SelectField):
    """One of several choices."""

    widget = _Choices()


class NumberField(IntegerField):
    """A whole number that the database can hold; a longer one is no number of ours."""

    largest = LARGEST_NUMBER

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and abs(self.data) > self.largest:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))


class VersionField(NumberField):
    """Which version of something a page has seen; the one that follows it must fit its table too."""

    widget = HiddenInput()
    largest = LARGEST_VERSION


def in_calendar(_form: Form, field: Field) -> None:
    """For a day that narrows a list: of one beyond every record nothing can be counted, not even its end."""
    if field.data is not None and field.data.year not in YEARS:
        raise ValidationError(field.gettext("Not a valid date value."))


class PastMomentField(DateTimeLocalField):
    """When something happened, typed as the region's clocks showed it; `moment` is it, once the form is valid."""

    # As the page writes it; browsers add seconds where there are some.
    FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")

    def __init__(self, label=None, validators=None, **options):
        super().__init__(label, validators, format=list(self.FORMATS), **options)
        self.invalid_value_message = NO_TIME

    @property
    def moment(self) -> datetime | None:
        """The moment, in the region's zone; None where nothing was typed that the clocks ever showed."""
        return moment_at(self.data) if self.data else None

    def pre_validate(self, form: object) -> None:
        if self.data is None:
            return
        if self.data.year < EARLIEST_YEAR:
            raise StopValidation(self.gettext("Check the year."))
        if self.moment is None:
            raise StopValidation(
                self.gettext(
                    "There was no such time that day: the clocks were put forward past it. Check the hour."
                )
            )
        if self.moment > now() + CLOCKS_DIFFER_BY:
            raise StopValidation(self.gettext("This time has not come yet. Check the date and the hour."))


def _new_key() -> str:
    return str(uuid4())


class IdempotentForm(BaseForm):
    """A form whose sending makes something: sent twice, it makes it once."""

    idempotency_key = HiddenField(default=_new_key, validators=[Optional(), Length(max=200)])

    def renew_key(self) -> None:
        """Shown again after a refusal, the form asks anew: under its former key nothing was done, or something else."""
        self.idempotency_key.data = _new_key()
