"""What nobody types by hand must be refused like any other mistake: numbers and texts of absurd length."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
import wtforms
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import html_params

from foundation import clock
from foundation.web.forms import (
    BaseForm,
    NumberField,
    PastMomentField,
    QueryForm,
    SelectChoice,
    SelectField,
    VersionField,
    attributes,
)


class Example(BaseForm):
    number = NumberField(validators=[InputRequired(), NumberRange(min=1)])
    text = StringField(validators=[Length(max=3)])


@pytest.mark.parametrize("typed", ["9" * 400, "9" * 5000, str(2**63), "-" + "9" * 400, "word", "0"])
def test_a_number_that_no_table_could_hold_is_wrong_and_no_more(app, typed):
    with app.test_request_context():
        form = Example(MultiDict({"number": typed}))

        assert not form.validate()
        assert form.number.errors


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_text_that_is_too_long_is_told_with_the_length_allowed(app, language):
    with app.test_request_context(headers={"Accept-Language": language}):
        form = Example(MultiDict({"number": "1", "text": "long"}))

        assert not form.validate()
        assert "3" in form.text.errors[0]


CHOICES = [
    SelectChoice("", "All"),
    SelectChoice('a"<&', 'Words "<&'),
    SelectChoice("b", Markup("<b>Marked</b>")),
    SelectChoice("c", ""),
    SelectChoice("d", "Of a kind", render_kw={"data-kind": "x"}),
    SelectChoice("e", "In a group", optgroup="Group"),
]


@pytest.mark.parametrize(
    "choices", [CHOICES, CHOICES[:-1], [SelectChoice(1, "One"), SelectChoice(True, "Yes")]]
)
@pytest.mark.parametrize("chosen", ["", 'a"<&', "d", "1"])
def test_choices_are_written_as_wtforms_writes_them(choices, chosen):
    class Ours(wtforms.Form):
        choice = SelectField(choices=choices, coerce=str)

    class Theirs(wtforms.Form):
        choice = wtforms.SelectField(choices=choices, coerce=str)

    typed = MultiDict({"choice": chosen})
    assert Ours(typed).choice(class_="wide") == Theirs(typed).choice(class_="wide")


VALUES = st.one_of(st.booleans(), st.integers(), st.text(), st.builds(Markup, st.text()), st.none())
NAMES = st.sampled_from(["value", "class_", "id", "data_of", "aria_invalid", "required"])


@given(st.dictionaries(NAMES, VALUES))
def test_attributes_are_written_as_wtforms_writes_them(names):
    for _ in range(2):
        assert attributes(**names) == html_params(**names)


def test_a_field_is_drawn_as_wtforms_draws_it(app):
    class Theirs(wtforms.Form):
        text = wtforms.StringField(validators=[InputRequired(), Length(max=5)])

    class Ours(QueryForm):
        text = wtforms.StringField(validators=[InputRequired(), Length(max=5)])

    typed = MultiDict({"text": "<'\"&"})
    theirs = Theirs(typed).text(class_="wide", aria_describedby=False)
    with app.test_request_context():
        assert Ours(typed).text(class_="wide", aria_describedby=False) == theirs


def test_whatever_a_person_types_a_time_into_knows_the_clocks_of_the_region(app):
    fields = [
        (form.__name__, name, kind) for form in _all_below(wtforms.Form) for name, kind in _fields(form)
    ]
    # To wtforms a day and a month are times too.
    days = {(form, name) for form, name, kind in fields if issubclass(kind, wtforms.DateField)}
    times = [
        (form, name, kind)
        for form, name, kind in fields
        if issubclass(kind, wtforms.DateTimeField) and (form, name) not in days
    ]

    assert ("NoteForm", "seen_at", PastMomentField) in times
    # An hour of a day to come: both together are asked by the rule of a part of a day.
    keepers = ("AddTimesForm", "ChosenPartForm", "CloseTimeForm")
    hours = {(form, name) for form in keepers for name in ("begins", "ends")}
    assert {(form, name) for form, name, kind in times if kind is not PastMomentField} == hours
    # A day alone has no hour that the clocks could skip. Those that narrow a list are looked at by `in_calendar`.
    assert days == {
        ("AddTimesForm", "day"),
        ("ChosenWeekForm", "day"),
        *((form, name) for form in ("ChosenPartForm", "CloseTimeForm") for name in ("day", "last_day")),
        ("AccessLogForm", "on"),
        ("AccessLogForm", "until"),
        ("EnterGuardianForm", "issued_on"),
        ("EnterGuardianForm", "last_day"),
        ("ConfirmPatientForm", "born_on"),
        ("IdentityForm", "born_on"),
        ("EndLegalOpeningForm", "last_day"),
        ("LegalOpeningForm", "first_day"),
        ("LegalOpeningForm", "last_day"),
        ("MemberForm", "birth_date"),
        ("OfferFilterForm", "day"),
        ("OfferRightForm", "birth_date"),
        ("OfferRightForm", "last_day"),
        ("OpenInEmergencyForm", "birth_date"),
        ("RecordDeathForm", "died_on"),
        ("ShareForm", "first_day"),
        ("ShareForm", "last_day"),
        ("ShareForm", "open_until"),
        ("PostEndForm", "last_day"),
        ("PostForm", "first_day"),
        ("PostForm", "last_day"),
    }


def test_every_version_that_a_page_has_seen_leaves_room_for_the_next(app):
    fields = [
        (form.__name__, name, kind) for form in _all_below(wtforms.Form) for name, kind in _fields(form)
    ]
    seen = [each for each in fields if each[1] in ("version", "draft_version", "seen_number")]

    assert len(seen) > 10
    assert [each for each in seen if each[2] is not VersionField] == []

    class Seen(QueryForm):
        version = VersionField()

    with app.test_request_context():
        assert Seen(MultiDict({"version": str(2**31 - 2)})).parsed["version"] == 2**31 - 2
        assert Seen(MultiDict({"version": str(2**31 - 1)})).parsed["version"] is None


def _all_below(form):
    for each in form.__subclasses__():
        if each.__module__.split(".")[0] not in ("wtforms", "tests"):
            yield each
        yield from _all_below(each)


def _fields(form):
    return [
        (name, getattr(form, name).field_class)
        for name in dir(form)
        if hasattr(getattr(form, name, None), "field_class")
    ]


@pytest.mark.parametrize("typed", ["a\x00", "\x00"])
def test_no_field_takes_a_character_that_no_table_could_hold(app, typed):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        form = Example(MultiDict({"number": "1", "text": typed}))

        assert not form.validate()
        assert "cannot be written down" in form.text.errors[0]


class Seen(BaseForm):
    at = PastMomentField()


SKIPPED = {
    "Asia/Yekaterinburg": "2011-03-27T02:30",
    "Europe/Berlin": "2026-03-29T02:59",
    "America/St_Johns": "1988-04-03T01:30",
    "Pacific/Apia": "2011-12-30T12:00",
}


@pytest.fixture
def region(monkeypatch):
    return lambda name: monkeypatch.setattr(clock, "_zone", [ZoneInfo(name)])


@pytest.mark.parametrize("zone", SKIPPED)
def test_a_time_that_the_clocks_skipped_is_told_so_in_every_region(app, region, zone):
    region(zone)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        form = Seen(MultiDict({"at": SKIPPED[zone]}))

        assert not form.validate()
        assert "no such time" in form.at.errors[0]
        assert form.at._value() == SKIPPED[zone]


@settings(deadline=None)
@given(st.datetimes())
def test_what_is_taken_is_shown_as_it_was_typed(typed):
    moment = clock.moment_at(typed)

    assert moment is None or clock.local(moment.astimezone(UTC)).replace(tzinfo=None) == typed
