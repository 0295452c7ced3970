"""What is said in two languages is read in one."""

from datetime import datetime

import pytest
from flask import render_template_string

from foundation import clock
from foundation.language.bilingual import BilingualText
from foundation.language.translation import told_time


def test_a_page_shows_the_reader_s_language_and_knows_when_there_is_nothing_to_read(app):
    page = "{{ place }}{% if room %}, {{ room }}{% endif %}"
    values = {"place": BilingualText("Polyclinic <1>", "Поликлиника <1>"), "room": BilingualText("", "")}

    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert render_template_string(page, **values) == "Поликлиника &lt;1&gt;"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert render_template_string(page, **values) == "Polyclinic &lt;1&gt;"


@pytest.mark.parametrize(
    ("hour", "precision", "told"),
    [
        (0, "", "3 May 2026"),
        (0, "day", "3 May 2026"),
        (0, "minute", "3 May 2026, 00:00"),
        (9, "", "3 May 2026, 09:00"),
        (9, "unknown", "date unknown"),
    ],
)
def test_a_day_without_a_time_is_told_without_midnight(hour, precision, told):
    moment = datetime(2026, 5, 3, hour, tzinfo=clock.zone())

    assert told_time(moment, precision, locale="en") == told
