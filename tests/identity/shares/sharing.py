"""Giving a link and opening it, as two people do in their browsers."""

import html
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from foundation.actor import Actor
from foundation.clock import today
from tests.pages import filled
from tests.people import MadePatient

LINKS, NEW, DOOR, RECORD = "/my/shares", "/my/shares/new", "/shared", "/shared/record"
ENGLISH = ("language", "en")
LINK = re.compile(r'id="shared-link">([^<]+)<')
CODE = re.compile(r'id="shared-code">([^<]+)<')
REVOCATION = re.compile(r"/my/shares/([0-9a-f-]{36})/revocation")
CALLED, WORKS_AT = "Гостев Илья Ильич", "Больница № 9, Самара"


@dataclass(frozen=True)
class Given:
    """What the page shows once. `token` is the link's last part."""

    link: str
    code: str

    @property
    def token(self) -> str:
        return self.link.partition("#")[2]


@dataclass
class Sharing:
    """What the tests of links do."""

    app: Flask
    client_for: Any

    def browser_of(self, somebody: MadePatient) -> FlaskClient:
        return self.signed_in(somebody.actor)

    def signed_in(self, actor: Actor) -> FlaskClient:
        browser = self.client_for(actor)
        browser.set_cookie(*ENGLISH)
        return browser

    def stranger(self) -> FlaskClient:
        browser = self.app.test_client()
        browser.set_cookie(*ENGLISH)
        return browser

    def send(self, browser: FlaskClient, *, step: str = "make", **changes: Any) -> Any:
        """The form as the last step sends it: notes of all years, for a week, three times."""
        typed: dict[str, Any] = {
            "for_whom": "кардиолог в Самаре",
            "kinds": ["note"],
            "first_day": "",
            "last_day": "",
            "open_until": str(today() + timedelta(days=7)),
            "most_openings": "3",
        }
        return browser.post(LINKS, data={**filled(browser.get(NEW)), **typed, "step": step, **changes})

    def given(self, patient: MadePatient | FlaskClient, **changes: Any) -> Given:
        browser = patient if isinstance(patient, FlaskClient) else self.browser_of(patient)
        page = self.send(browser, **changes)
        assert page.status_code == 200, page.text
        return Given(html.unescape(LINK.findall(page.text)[0]), CODE.findall(page.text)[0])

    def of_study(self, patient: MadePatient, study_uid: str, **changes: Any) -> Given:
        return self.given(patient, study_uid=study_uid, kinds=[], **changes)

    def open(self, given: Given, browser: FlaskClient | None = None, **changes: str) -> Any:
        """What the door answers somebody who gives link and code."""
        browser = browser or self.stranger()
        typed = {"link": given.link, "code": given.code, "name": CALLED, "workplace": WORKS_AT, **changes}
        return browser.post(DOOR, data=filled(browser.get(DOOR), **typed))

    def looking(self, given: Given) -> FlaskClient:
        """A browser in which somebody looks by that link."""
        browser = self.stranger()
        assert self.open(given, browser).status_code == 303
        return browser

    def revoke(self, browser: FlaskClient, share_id: str = "") -> Any:
        """Take back that link, or the one at the top."""
        page = browser.get(LINKS)
        share_id = share_id or REVOCATION.findall(page.text)[0]
        return browser.post(f"{LINKS}/{share_id}/revocation", data=filled(page))
