"""What nobody types by hand must be refused like any other mistake: numbers and texts of absurd length."""

import pytest
import wtforms
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import InputRequired, Length, NumberRange

from foundation.web.forms import BaseForm, NumberField, SelectChoice, SelectField


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
