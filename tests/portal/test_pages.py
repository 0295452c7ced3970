"""What holds for every page of the portal."""

import re

import pytest

from tests.pages import read


def test_an_empty_record_says_so_calmly(somebody):
    assert "No visit is planned." in read(somebody.browser.get("/my"))
    assert "Your record is empty so far." in read(somebody.browser.get("/my/timeline"))
    assert "You have no referrals." in read(somebody.browser.get("/my/dispatch"))
    assert "There are no images yet." in read(somebody.browser.get("/my/images"))


@pytest.mark.parametrize("address", ["/my", "/my/timeline", "/my/dispatch", "/my/images", "/my/access"])
def test_no_page_stays_in_a_cache(somebody, address):
    assert somebody.browser.get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/my", "/my/timeline", "/my/dispatch", "/my/images", "/my/access"])
def test_paper_is_headed_with_whose_record_it_is_and_when_it_was_printed(somebody, address):
    page = read(somebody.browser.get(address))

    assert re.search(
        r"Record of Testova Anna Petrovna \(Тестова Анна Петровна\), born 3 May 1960\. Printed \d+ \w+ \d{4}, \d\d:\d\d\.",
        page,
    )


@pytest.mark.parametrize(
    "address",
    [
        "/my/timeline?year=" + "9" * 400,
        "/my/timeline?before=" + "9" * 400,
        "/my/access?before=" + "9" * 400,
        "/my/images/%00",
        "/my/images/" + "1." * 200 + "1",
    ],
)
def test_an_absurd_address_is_no_fault_of_ours(somebody, address):
    # An identifier that is none is a mistake of whoever asks.
    assert somebody.browser.get(address).status_code in (200, 400, 404)
