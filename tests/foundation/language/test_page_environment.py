"""A page compiled for one language is never read in the other, and says what it would have said by looking words up."""

import re
from datetime import date

import pytest
from flask import Flask, render_template, render_template_string
from flask_babel.speaklater import LazyString
from jinja2 import DictLoader

from foundation.language import page_environment
from foundation.language.bilingual import BilingualText

PAGES = {
    "acting.html": (
        "{% macro said(word) %}{{ word }}{% endmacro %}"
        "{{ hour }}|{{ place }}|{{ ngettext('%(name)s %(num)s', '%(name)s %(num)s', 1, name=hour) }}|{{ said(hour) }}"
    ),
    "page.html": '{% from "part.html" import heading %}{{ heading(_("Home")) }}: {% include "included.html" %}',
    "part.html": "{% macro heading(words) %}{{ words }}, {{ _('My record') }}{% endmacro %}",
    "included.html": '{{ _("at %(time)s", time=hour) }}, {{ reader_locale() }}',
}
SENTENCES = (
    "{{ _('Home') }}, {{ gettext('My record') if days else '' }} {{ reader_locale() }}",
    "{{ _('at %(time)s', time=hour) }} {{ _('You must be seen by %(day)s.', day=moment | day) }}",
    "{{ _('%(share)s %% of the term used', share=days) }}, {{ _('at %(time)s', time=hour) ~ hour }}",
    "{{ ngettext('%(num)s day', '%(num)s days', days) }} {{ _(hour) if days > 3 }}",
    "{{ place }} {{ place if days > 3 }} {{ hour }} {{ days }} {{ nobody }} {{ none }} {{ hour | safe }} {{ [place, hour] }}",
    "{% macro said(word) %}{{ word }}{{ place }}{% endmacro %}{{ said(hour) }}{% set x %}{{ hour }}{% endset %}{{ x }}{{ said(x) ~ hour }}",
    "{% autoescape false %}{{ hour }}{{ place }}{{ _('Home') }}{% endautoescape %}",
    "{{ moment | day }}, {{ moment | day_short }}, {{ moment | weekday_day }}, {{ moment | weekday_short }}",
)


@pytest.fixture
def pages() -> Flask:
    app = Flask(__name__)
    app.jinja_options = {"autoescape": True}
    page_environment.init_app(app)
    app.jinja_env.loader = DictLoader(
        {**PAGES, **{str(number): sentence for number, sentence in enumerate(SENTENCES)}}
    )
    return app


def shown(app: Flask, name: str, language: str, **values: object) -> str:
    with app.test_request_context(headers={"Accept-Language": language}):
        return render_template(name, **values)


@pytest.mark.parametrize(("name", "sentence"), [(str(at), each) for at, each in enumerate(SENTENCES)])
@pytest.mark.parametrize(("days", "hour"), [(1, "<14:05>"), (3, "14:05"), (11, "100%%")])
def test_what_was_written_in_is_what_would_be_looked_up(pages, name, sentence, days, hour):
    values = {"hour": hour, "days": days, "moment": date(2026, 5, 3), "place": BilingualText("<A>", "<Б>")}
    for language in ("ru", "en"):
        # A template made of a string belongs to no language: it looks up whatever it says.
        with pages.test_request_context(headers={"Accept-Language": language}):
            looked_up = render_template_string(sentence, **values)
        # Which language a text is in, only templates of a language say.
        assert re.sub('<span lang="..">|</span>', "", shown(pages, name, language, **values)) == looked_up


def test_readers_in_turns_read_their_own_language_each(pages):
    for _ in range(2):
        assert shown(pages, "page.html", "ru", hour="14:05") == "Главная, Моя карта: в 14:05, ru"
        assert shown(pages, "page.html", "en", hour="14:05") == "Home, My record: at 14:05, en"


def test_what_is_counted_in_another_language_says_so(pages):
    pages.jinja_env.loader.mapping["counted.html"] = (
        "{{ ngettext('%(name)s %(num)s', '%(name)s %(num)s', 2, name=place) }}"
    )

    assert shown(pages, "counted.html", "en", place="Дом & сад") == '<span lang="ru">Дом &amp; сад</span> 2'
    assert shown(pages, "counted.html", "ru", place="Дом & сад") == "Дом &amp; сад 2"


def test_a_title_in_the_other_language_gives_way_to_words_of_the_page(pages):
    pages.jinja_env.loader.mapping["title.html"] = "<title>{{ what | own_words(kind) }}</title>"
    kind = BilingualText("Image", "Снимок")

    assert [shown(pages, "title.html", "en", what=each, kind=kind) for each in ("X-ray: Кисть", "CT")] == [
        "<title>Image</title>",
        "<title>CT</title>",
    ]
    assert shown(pages, "title.html", "ru", what="Chest view", kind=kind) == "<title>Снимок</title>"


def test_nothing_is_looked_up_when_a_page_is_drawn(pages, monkeypatch):
    first = shown(pages, "page.html", "ru", hour="14:05")

    monkeypatch.setattr(page_environment, "translated", lambda language, sentence: "looked up")

    assert shown(pages, "page.html", "ru", hour="14:05") == first
    with pages.test_request_context(headers={"Accept-Language": "ru"}):
        assert render_template_string("{{ _('Home') }}") == "looked up"


def test_an_application_whose_templates_are_made_already_is_refused():
    app = Flask(__name__)
    assert app.jinja_env
    with pytest.raises(TypeError):
        page_environment.init_app(app)


@pytest.mark.parametrize(
    ("kept", "printed"),
    [
        ("a\u202eb", "a[U+202E]b"),
        ("\u2066<\u200f", "[U+2066]&lt;[U+200F]"),
        ("\x1b[31m", "[U+001B][31m"),
        ("1\n\t2\r\n", "1\n\t2\r\n"),
        ("مريم, 5", "\u2068مريم, 5\u2069"),
    ],
)
def test_what_acts_on_a_page_is_shown_as_what_it_is(pages, kept, printed):
    for language in ("ru", "en"):
        shown_ways = [
            shown(pages, "acting.html", language, hour=each, place=BilingualText(kept, kept))
            for each in (kept, LazyString(lambda: kept))
        ]
        assert shown_ways == [f"{printed}|{printed}|{printed} 1|{printed}"] * 2


@pytest.mark.parametrize(
    ("kept", "printed"),
    [
        ("Дом № 7", "Дом №\u00a07"),
        ("Clinic No. 7", "Clinic No.\u00a07"),
        ("Дом & № 7, № 8 и № дома", "Дом &amp; №\u00a07, №\u00a08 и № дома"),
        ("Casino. 7", "Casino. 7"),
    ],
)
def test_a_number_stands_in_the_line_of_its_sign_and_what_is_typed_on_is_left_as_it_was(pages, kept, printed):
    pages.jinja_env.loader.mapping |= {
        "held.html": "<p>{{ kept }}{{ place }}</p>{{ ngettext('%(name)s %(num)s', '', 1, name=kept) }}",
        "typed.html": '<input value="{{ kept }}"><textarea>{{ kept }}</textarea>',
    }
    for language in ("ru", "en"):
        held = shown(pages, "held.html", language, kept=kept, place=BilingualText(kept, kept))
        assert re.sub("<[^>]*>", "", held) == f"{printed}{printed}{printed} 1"
        typed = shown(pages, "typed.html", language, kept=kept)
        assert "\u00a0" not in typed
        assert typed.count(kept.replace("&", "&amp;")) == 2
