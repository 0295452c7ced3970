"""The demo provider as a real process beside the tests, and a person at its page."""

import html
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import TestResponse

from foundation.settings import Settings
from identity.providers.demo_profiles import demo_profiles
from identity.providers.registry import Providers
from identity.providers.relying_party import RelyingParty
from tests.waiting import until_up

ROOT = Path(__file__).parent.parent.parent
STARTS_WITHIN_S = 20


@dataclass(frozen=True)
class RunningProvider:
    """The provider's address and the file of its people."""

    settings: Settings
    people_file: Path

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.settings.provider_port}"

    def know(self, *, sub: str, snils: str, birth_date: str, level: str = "high") -> str:
        """Give somebody an identity card, shown before all others; returns its subject."""
        known = json.loads(self.people_file.read_text()) if self.people_file.exists() else []
        card = {
            "sub": sub,
            "snils": snils,
            "family_name": "Тестова",
            "given_name": "Анна",
            "middle_name": "Петровна",
            "birth_date": birth_date,
            "role_hint": {"en": "Patient", "ru": "Пациент"},
            "level": level,
        }
        kept = [each for each in known if each["sub"] != sub]
        self.people_file.write_text(json.dumps([card, *kept], ensure_ascii=False))
        return sub


@contextmanager
def running_provider(folder: Path, settings: Settings) -> Iterator[RunningProvider]:
    """`python -m demo.eid_provider` until the block ends."""
    own = settings.model_copy(update={"data_dir": folder})
    environ = {
        **os.environ,
        "PROFILE": "test",
        "PORT": str(own.port),
        "PUBLIC_URL": own.public_url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": own.secret_key,
    }
    process = subprocess.Popen([sys.executable, "-m", "demo.eid_provider"], cwd=ROOT, env=environ)
    try:
        until_up(process, f"http://127.0.0.1:{own.provider_port}/jwks", within_s=STARTS_WITHIN_S)
        yield RunningProvider(own, folder / "demo" / "people.json")
    finally:
        process.terminate()
        process.wait(10)


def providers_for(settings: Settings) -> Providers:
    return Providers({profile.name: RelyingParty(profile) for profile in demo_profiles(settings)})


@contextmanager
def signing_in_through(app: Flask, settings: Settings, providers: Providers) -> Iterator[None]:
    """Let the application, known by the address of these settings, sign people in through these providers."""
    names = ("settings", "identity_providers", "form_targets")
    before = {name: app.extensions[name] for name in names}
    app.extensions.update(
        settings=settings, identity_providers=providers, form_targets=providers.form_targets
    )
    try:
        yield
    finally:
        app.extensions.update(before)


@contextmanager
def serving(app: Flask, settings: Settings) -> Iterator[None]:
    """The application on its public address, for those who do not come through a test client."""
    server = make_server("127.0.0.1", settings.port, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Tests read answers, not logs."""


def leave_for(browser: FlaskClient, way: str) -> str:
    """Press the sign-in button; the provider's address that the browser is sent to."""
    answer = browser.post(way)
    assert answer.status_code == 303, answer.text
    return answer.location


def show_card(address: str, subject: str, level: str = "") -> str:
    """Choose a card on the provider's page; the path of the callback with its query."""
    with requests.Session() as person:
        page = person.get(address, timeout=10)
        assert page.status_code == 200, page.text
        action = html.unescape(re.search(r'method="post" action="([^"]+)"', page.text)[1])
        chosen = person.post(
            f"http://{urlsplit(address).netloc}{action}",
            data={"card": subject, "level": level},
            allow_redirects=False,
            timeout=10,
        )
    assert chosen.status_code == 302, chosen.text
    return path_of(chosen.headers["Location"])


def sign_in_with_card(
    browser: FlaskClient, subject: str, *, level: str = "", way: str = "/sign-in/demo"
) -> TestResponse:
    """The whole way, as a person clicks it; the answer to the callback."""
    return browser.get(show_card(leave_for(browser, way), subject, level))


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def parameters_of(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
