"""What several tests of signing in do and ask."""

from flask import Flask

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
