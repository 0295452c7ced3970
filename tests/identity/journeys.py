"""What several tests of signing in do and ask."""

from flask import Flask, request
from flask.testing import FlaskClient

from tests.identity.provider_process import RunningProvider
from tests.people import MadePatient

CITIZEN_COOKIE = "session_of_citizen"
STAFF_COOKIE = "desk_session"
ENGLISH = {"Accept-Language": "en"}


def card_of(provider: RunningProvider, patient: MadePatient, **changes: str) -> str:
    """A card of this patient at the provider; what changes makes it another's or a faulty one."""
    known = {"snils": patient.snils, "birth_date": patient.birth_date.isoformat(), **changes}
    return provider.know(sub=f"sub-{patient.id}", **known)


def signed_in(app: Flask, token: str) -> bool:
    """Whether a browser that holds this token is somebody."""
    browser = app.test_client()
    browser.set_cookie(CITIZEN_COOKIE, token)
    return "Sign out" in browser.get("/sign-in", headers=ENGLISH).text


def attempt_of(browser: FlaskClient, *, prefix: str = "sign_in_") -> tuple[str, str]:
    """Name and value of the cookie of the one sign-in that this browser has begun."""
    with browser:
        browser.get("/sign-in")
        ((name, value),) = [each for each in request.cookies.items() if each[0].startswith(prefix)]
    return name, value
