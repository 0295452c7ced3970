"""What is said in two languages is read in one."""

from flask import render_template_string

from foundation.language.bilingual import BilingualText


def test_a_page_shows_the_reader_s_language_and_knows_when_there_is_nothing_to_read(app):
    page = "{{ place }}{% if room %}, {{ room }}{% endif %}"
    values = {"place": BilingualText("Polyclinic <1>", "Поликлиника <1>"), "room": BilingualText("", "")}

    with app.test_request_context(headers={"Accept-Language": "ru"}):
        assert render_template_string(page, **values) == "Поликлиника &lt;1&gt;"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert render_template_string(page, **values) == "Polyclinic &lt;1&gt;"
