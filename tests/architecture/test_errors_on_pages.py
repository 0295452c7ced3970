"""A page with a mistake is told first: its title begins with it, and what is wrong stands above everything else."""

import re

import pytest

from tests.architecture.house import HOUSE

PAGES = [
    page
    for page in sorted((HOUSE / "templates").rglob("*.html"))
    if "{{ error_summary(" in page.read_text(encoding="utf-8") and page.parent.name != "components"
]


def test_there_are_such_pages_at_all():
    assert len(PAGES) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOUSE / "templates")))
def test_a_mistake_is_the_first_that_is_told(page):
    text = page.read_text(encoding="utf-8")

    assert re.search(r"{% block title %}{{ error_prefix\(", text)
    content = text.split("{% block content %}")[1]
    before = content.split("{{ error_summary(")[0]
    assert "<h1" not in before
    assert "heading(" not in before
