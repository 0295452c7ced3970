"""The two sides to sign in on, citizens' and staff's: the cookies and pages of each. One set of routes serves both."""

from dataclasses import dataclass

from flask import current_app, request, session, url_for
from werkzeug.wrappers import Response

from foundation.web.assets import address_of
from foundation.web.current_settings import current_settings
from identity.authorization import is_staff_address, session_cookie
from identity.providers.profile import Audience
from identity.providers.registry import Providers
from identity.roles import Role
from identity.signing_in.rules import LONGEST_SIGN_IN


@dataclass(frozen=True, slots=True)
class SignInSide:
    """Where somebody comes in."""

    audience: Audience

    @property
    def staff(self) -> bool:
        return self.audience is Audience.STAFF

    @property
    def attempt_cookie(self) -> str:
        name = "desk_sign_in" if self.staff else "sign_in"
        return f"__Host-{name}" if current_settings().secure else name

    def address(self, noun: str, verb: str, *, provider: str | None = None) -> str:
        """The address of one of this room's pages on this side, such as ("sign_ins", "new")."""
        return url_for(f"identity.{'staff_' if self.staff else ''}{noun}.{verb}", provider=provider)

    def public_address(self, noun: str, verb: str, *, provider: str | None = None) -> str:
        """The same with the address by which the provider and the browser know us."""
        return current_settings().public_url + self.address(noun, verb, provider=provider)

    def set_session(self, answer: Response, token: str) -> None:
        session.clear()  # a form's secret of whoever sat here before is not carried over
        _set(answer, session_cookie(staff=self.staff), token)

    def forget_session(self, answer: Response) -> None:
        session.clear()
        _forget(answer, session_cookie(staff=self.staff))

    def set_attempt(self, answer: Response, browser: str) -> None:
        _set(answer, self.attempt_cookie, browser, max_age_s=int(LONGEST_SIGN_IN.total_seconds()))

    def forget_attempt(self, answer: Response) -> None:
        _forget(answer, self.attempt_cookie)


CITIZEN_SIDE, STAFF_SIDE = SignInSide(Audience.CITIZENS), SignInSide(Audience.STAFF)


def current_side() -> SignInSide:
    """The side that this request came to."""
    return STAFF_SIDE if is_staff_address(request.path) else CITIZEN_SIDE


def providers() -> Providers:
    return current_app.extensions["identity_providers"]


def first_page_of(role: str) -> str:
    """Where somebody of this role begins; the first page where their room is not part of this service."""
    return address_of(current_app.extensions["first_pages"][Role(role)]) or "/"


def _set(answer: Response, name: str, value: str, max_age_s: int | None = None) -> None:
    # Lax, not Strict: the return from the provider is a navigation from another site.
    answer.set_cookie(
        name,
        value,
        max_age=max_age_s,
        secure=current_settings().secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def _forget(answer: Response, name: str) -> None:
    answer.delete_cookie(name, secure=current_settings().secure, httponly=True, samesite="Lax", path="/")
