"""Nobody reads a word in the other language that does not say so: each page of each role, as readers of both get it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page

from demo.region import make_region
from tests.journeys.test_every_page import PATIENT, VISITORS, addresses, endpoint_of, is_page  # noqa: F401 (a fixture)
from tests.languages import strange_words

# Of each kind of page, and of entries, each of whose types tells other things.
LOOKED_AT = {"portal.entries.show": 30, "emr.entries.show": 30}
LOOKED_AT_OF_OTHERS = 5
PLACES = [each.name.ru for each in make_region().facilities]
EDITED = re.compile(r'<input [^>]*name="\w+_ru"[^>]*>')
LINK = re.compile('<a [^>]*href="([^"#]+)')


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_every_word_says_which_language_it_is_in(
    addresses: Flask,  # noqa: F811 (the fixture)
    sign_in: Callable[..., Page],
    open_page: Callable[..., Page],
    visitor: str,
    language: str,
):
    card, first = VISITORS[visitor]
    headers = {"extra_http_headers": {"Accept-Language": language}}
    page = (
        sign_in(card, staff=card.startswith("staff"), language=language, **headers)
        if card
        else open_page(language=language, **headers)
    )

    pages = dict(_pages(addresses, page, first, language))

    assert {address: words for address, html in pages.items() if (words := strange_words(html))} == {}
    assert {address: beds for address, html in pages.items() if (beds := _overlooked(html, language))} == {}


def _pages(app: Flask, page: Page, first: str, language: str) -> Iterator[tuple[str, str]]:
    """The addresses that links lead to from the first page, some of each kind, each with its page."""
    known, waiting, of_kind = {first}, [first], Counter[str]()
    while waiting:
        address = waiting.pop(0)
        html = _found(page) if address == "/emr" else page.request.get(address).text()
        assert f'lang="{page.evaluate("navigator.language")}"' in html
        # Our own places have names in both languages; an administrator edits each of the two.
        told = EDITED.sub("", html)
        assert language == "ru" or [each for each in PLACES if each in told] == []
        yield address, html
        for link in LINK.findall(html):
            link = link.replace("&amp;", "&")
            endpoint = "" if urlsplit(link).netloc else endpoint_of(app, urlsplit(link).path)
            if link in known or not is_page(endpoint) or "documents" in endpoint:
                continue
            of_kind[endpoint] += 1
            if of_kind[endpoint] <= LOOKED_AT.get(endpoint, LOOKED_AT_OF_OTHERS):
                known.add(link)
                waiting.append(link)
    assert len(known) > 1


# Where words may stand on a page, and a word that a page in each language must not bear unmarked.
PLANTED = {"en": "Рентгенография", "ru": "radiography"}
BEDS = (
    ("</title>", " {words}</title>"),
    ("</main>", "<p>{words}</p></main>"),
    ("</main>", '<img src="/" alt="{words}"></main>'),
    ("</main>", '<section aria-label="{words}"></section></main>'),
    ("</main>", '<input placeholder="{words}"></main>'),
    ("</main>", '<p data-kept="5 {words}"></p></main>'),
    ("</main>", '<select><optgroup label="{words}"><option>1</option></optgroup></select></main>'),
)


def _overlooked(html: str, language: str) -> list[str]:
    """Where a word in the other language could be planted in this page unnoticed."""
    words = PLANTED[language]
    return [each for at, each in BEDS if not strange_words(html.replace(at, each.format(words=words), 1))]


def _found(page: Page) -> str:
    """The doctor's first page with a patient found: names do not belong in addresses."""
    page.goto("/emr")
    page.locator('input[name="text"]').fill(PATIENT)
    page.locator('form[role="search"] button').click()
    page.wait_for_load_state()
    return page.content()


def test_the_reading_finds_strange_words_and_knows_what_is_marked():
    strange = '<html lang="en"><p title="Боль">Pain, <b lang="ru">боль</b>, <br>5 мг</p>'

    assert strange_words(strange) == ["Боль: Боль", "мг: 5 мг"]
    assert strange_words('<html lang="ru"><p>Боль, HbA1c 5 mg, a@example.com</p>') == []
    assert strange_words('<html lang="ru"><a href="<span>">Boli</a><kbd>Shift</kbd>') == [
        "markup in href: <span>",
        "Boli: Boli",
    ]
