"""The service at an address with a name, and people with passkeys in their browsers."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from identity.second_factors.queries import demands
from identity.second_factors.rules.sites import Site, site_of
from tests.architecture.walking import token_for
from tests.identity.journeys import ENGLISH
from tests.identity.second_factors.authenticator import Authenticator
from tests.people import MadeStaff


@pytest.fixture
def site(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The service says that people type this address; the tests' browsers speak to it without TLS all the same."""
    named = app.extensions["settings"].model_copy(update={"public_url": "http://localhost"})
    monkeypatch.setitem(app.extensions, "settings", named)
    return site_of(named.public_url)


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    """The region asks a second factor of everybody."""
    monkeypatch.setitem(demands._required, "all", True)


@dataclass
class Desk:
    """A member of staff's browser and the device beside it."""

    staff: MadeStaff
    browser: FlaskClient
    device: Authenticator

    def post(self, address: str, **typed: str) -> TestResponse:
        form = {"csrf_token": token_for(self.browser), "idempotency_key": uuid4().hex, **typed}
        return self.browser.post(address, data=form, headers=ENGLISH)

    def asked_to_make(self) -> dict:
        return self.post("/staff/passkeys/challenges").get_json()

    def asked_to_use(self) -> dict:
        return self.post("/staff/second-factor/challenges").get_json()

    def add(self, answer: str = "", name: str = "Work computer") -> TestResponse:
        credential = answer or self.device.make(self.asked_to_make())
        return self.post("/staff/passkeys", name=name, credential=credential)

    def confirm(self, answer: str = "") -> TestResponse:
        return self.post("/staff/second-factor", credential=answer or self.device.use(self.asked_to_use()))


@pytest.fixture
def desk(people, client_for, site: Site) -> Callable[..., Desk]:
    """`desk()` is a doctor without a passkey, `desk(passkey=True)` one who has just added one."""

    def made(staff: MadeStaff | None = None, *, passkey: bool = False) -> Desk:
        staff = staff or people.doctor()
        one = Desk(staff, client_for(staff.actor), Authenticator(site.origin, site.domain))
        if passkey:
            assert one.add().status_code == 303
        return one

    return made
