"""Text in the other language than its page's says so; names are read in Latin letters; blocks are told of once."""

import pytest
from flask import Flask, render_template
from jinja2 import DictLoader
from jinja2.exceptions import TemplateSyntaxError
from markupsafe import Markup

from foundation.language import page_environment
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import PrintedName
from foundation.language.other_language import foreign_language, marking

ENGLISH = "Viral sinusitis (disorder)"


def in_russian(text: str) -> str:
    return f'<span lang="ru">{text}</span>'


def in_english(text: str) -> str:
    return f'<span lang="en">{text}</span>'


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Диабет 2 типа, HbA1c выше нормы.", in_russian("Диабет 2 типа, HbA1c выше нормы.")),
        ("Перелом (S52.5), 5 mg", in_russian("Перелом (S52.5), 5 mg")),
        ("Note: Перелом. Later: боль", f"Note: {in_russian('Перелом.')} Later: {in_russian('боль')}"),
        ("<Ё>", in_russian("&lt;Ё&gt;")),
        ("<bold>Ё</bold>", f"&lt;bold&gt;{in_russian('Ё')}&lt;/bold&gt;"),
        ("MRI, 5 mg < 6 g/L", "MRI, 5 mg &lt; 6 g/L"),
        ("", ""),
    ],
)
def test_on_an_english_page_russian_says_that_it_is(text, marked):
    assert marking("en")(text) == marked


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        (ENGLISH, in_english(ENGLISH)),
        (f"Диагноз: {ENGLISH}; приём 25 mg", f"Диагноз: {in_english(ENGLISH)}; приём 25 mg"),
        (
            "МРТ (MRI), HbA1c 9,1 %, 5 mg, J06.9, R-2026-000123",
            "МРТ (MRI), HbA1c 9,1 %, 5 mg, J06.9, R-2026-000123",
        ),
        ("Müller & Sons", in_english("Müller &amp; Sons")),
    ],
)
def test_on_a_russian_page_english_words_say_that_they_are_and_units_and_codes_need_not(text, marked):
    assert marking("ru")(text) == marked


@pytest.mark.parametrize(
    ("texts", "locale", "language"),
    [
        (["Жалоб нет. Движения в полном объёме, сила кисти восстановлена."], "en", "ru"),
        ("Patient presents with cough and sore throat for three days.", "ru", "en"),
        (["Перелом"], "en", ""),
        (["Жалоб нет. Движения в полном объёме, сила кисти восстановлена."], "ru", ""),
        (["Взят контроль: aspartate aminotransferase, alanine aminotransferase, без жалоб и осложнений"] * 2, "ru", "en"),
        (None, "ru", ""),
    ],
)  # fmt: skip
def test_a_block_is_told_of_where_most_of_it_is_in_the_other_language(texts, locale, language):
    assert foreign_language(texts, locale=locale) == language


@pytest.fixture
def page():
    app = Flask(__name__)
    app.jinja_options = {"autoescape": True}
    page_environment.init_app(app)

    def drawn(source: str, language: str = "en", **values: object) -> str:
        app.jinja_env.loader = DictLoader({"page.html": source})
        app.jinja_env.of_language(language).loader = app.jinja_env.loader
        with app.test_request_context(headers={"Accept-Language": language}):
            return render_template("page.html", **values)

    return drawn


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        ("<p>{{ x }}</p>", f"<p>{in_russian('Боль')}</p>"),
        ('<a title="{{ x }}">{{ x }}</a>', f'<a title="Боль">{in_russian("Боль")}</a>'),
        ("<a{% if x %} title='{{ x }}'{% endif %}>{{ x }}", f"<a title='Боль'>{in_russian('Боль')}"),
        ("<title>{{ x }}</title>{{ x }}", f"<title>Боль</title>{in_russian('Боль')}"),
        ("<option value='{{ x }}'>{{ x }}</option>", "<option value='Боль'>Боль</option>"),
        ("{% block title %}{{ x }}{% endblock %}", "Боль"),
        ("{% macro m(y) %}<b>{{ y }}</b>{% endmacro %}{{ m(x) }}", f"<b>{in_russian('Боль')}</b>"),
        ("{% set y %}{{ x }}{% endset %}{{ y }}", in_russian("Боль")),
        ("{{ _('Reason: %(reason)s', reason=x) }}", f"Reason: {in_russian('Боль')}"),
        ("<{{ 'p' }} class='a'>{{ x }}", f"<p class='a'>{in_russian('Боль')}"),
    ],
)
def test_a_value_is_marked_where_an_element_may_stand_and_nowhere_else(page, source, drawn):
    assert page(source, x="Боль") == drawn


@pytest.mark.parametrize("source", ["<a{% if x %} title='{% endif %}>", "{% for y in x %}<p {% endfor %}"])
def test_a_tag_that_ends_elsewhere_than_it_begins_is_no_template(page, source):
    with pytest.raises(TemplateSyntaxError):
        page(source, x="Боль")


def test_both_kinds_of_words_are_marked_and_markup_is_left_as_it_is(page):
    only_russian = BilingualText("Рентген", "Рентген")

    assert page("{{ x }}", x=only_russian) == in_russian("Рентген")
    assert page("{{ x }}", language="ru", x=only_russian) == "Рентген"
    assert page("{{ x }}", x=Markup("<b>Боль</b>")) == "<b>Боль</b>"


def test_a_name_is_read_in_latin_letters_and_its_own_can_be_told_beside_it(page):
    source = "{{ x }}|{{ x | original }}|<a title='{{ x }}'>"
    name = PrintedName("Щукина Юлия")

    assert (
        page(source, x=name) == f"Shchukina Iuliia|{in_russian('Щукина Юлия')}|<a title='Shchukina Iuliia'>"
    )
    assert page(source, "ru", x=name) == "Щукина Юлия||<a title='Щукина Юлия'>"
    assert page(source, "en", x=PrintedName("John Smith")) == "John Smith||<a title='John Smith'>"
