"""A service that sends letters."""

import pytest

from tests.identity.contact_points.mailing import mailing


@pytest.fixture
def mail(app, engines):
    with mailing(app, engines) as made:
        yield made


@pytest.fixture
def english(client_for):
    """A browser signed in as this person, who reads English."""

    def opened(actor):
        browser = client_for(actor)
        browser.set_cookie("language", "en")
        return browser

    return opened
