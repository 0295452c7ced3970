"""What nobody types by hand must be refused like any other mistake: numbers and texts of absurd length."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.validators import InputRequired, Length, NumberRange

from foundation.web.forms import BaseForm, NumberField


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
