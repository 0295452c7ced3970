"""Offering a right and answering the offer, as two people do in their browsers."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from foundation.clock import today
from tests.identity.delegations.acting import HOME, Acting
from tests.pages import filled
from tests.people import MadePatient

DELEGATES, NEW = "/my/delegates", "/my/delegates/new"
OFFER = re.compile(r"/my/offers/([0-9a-f-]{36})")
REVOCATION = re.compile(r"/my/delegates/offers/([0-9a-f-]{36})/revocation")


@dataclass
class Giving:
    """What the tests of own grants do."""

    acting: Acting

    def browser_of(self, somebody: MadePatient) -> FlaskClient:
        return self.acting.browser_of(somebody)

    def offer(self, browser: FlaskClient, to: MadePatient | None = None, **changes: Any) -> Any:
        """The form as it is sent; to a person, if no other number is said."""
        typed = {
            "snils": to.snils if to else "",
            "birth_date": str(to.birth_date) if to else "",
            "scopes": ["record"],
            "last_day": str(today() + timedelta(days=30)),
            "words": "",
        }
        return browser.post(DELEGATES, data={**filled(browser.get(NEW)), **typed, **changes})

    def offered(self, giver: MadePatient, to: MadePatient, **changes: Any) -> str:
        """An offer that waits; its number, as the giver's page tells it."""
        browser = self.browser_of(giver)
        assert self.offer(browser, to, **changes).status_code == 303
        return REVOCATION.findall(browser.get(DELEGATES).text)[0]

    def answer(self, browser: FlaskClient, offer_id: str, answer: str = "accepted") -> Any:
        return browser.post(f"/my/offers/{offer_id}", data=filled(browser.get(NEW), answer=answer))

    def granted(self, giver: MadePatient, to: MadePatient, **changes: Any) -> str:
        """A right that lives, which bears the number of its offer."""
        offer_id = self.offered(giver, to, **changes)
        assert self.answer(self.browser_of(to), offer_id).status_code == 303
        return offer_id

    def press(self, browser: FlaskClient, address: str) -> Any:
        """One of the presses of the page."""
        return browser.post(address, data=filled(browser.get(NEW)))

    def offers_on_first_page(self, browser: FlaskClient) -> list[str]:
        return OFFER.findall(browser.get(HOME).text)
