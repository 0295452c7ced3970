"""The two sides to sign in on, citizens' and staff's: the cookies and pages of each. One set of routes serves both."""

from dataclasses import dataclass

from flask import current_app, request, session, url_for
from werkzeug.wrappers import Response

from foundation.sealing import token_digest
from foundation.web.current_settings import current_settings
from foundation.web.own_addresses import own_address
from identity.authorization import first_page_of, is_open_to, is_staff_address, session_cookie
from identity.providers.profile import Audience
from identity.providers.registry import Providers
from identity.signing_in.rules import LONGEST_SIGN_IN

# Enough to tell a browser's sign-ins apart; the number in the cookie is what they are bound to.
STATE_DIGITS = 16


@dataclass(frozen=True, slots=True)
class SignInSide:
    """Where somebody comes in."""

    audience: Audience

    @property
    def staff(self) -> bool:
        return self.audience is Audience.STAFF

    def attempt_cookie(self, state: str) -> str:
        """Of one sign-in: two tabs that sign in at once must not undo each other."""
        number = token_digest(state).hex()[:STATE_DIGITS]
        name = f"{'desk_sign_in' if self.staff else 'sign_in'}_{number}"
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

    def set_attempt(self, answer: Response, *, state: str, browser: str) -> None:
        _set(answer, self.attempt_cookie(state), browser, max_age_s=int(LONGEST_SIGN_IN.total_seconds()))

    def forget_attempt(self, answer: Response) -> None:
        """The one that this request ends."""
        if state := request.args.get("state"):
            _forget(answer, self.attempt_cookie(state))

    def attempting_browser(self) -> str:
        """The number that the sign-in of this request was begun with, where this browser began it."""
        states = request.args.getlist("state")
        return request.cookies.get(self.attempt_cookie(states[0]), "") if len(states) == 1 else ""


CITIZEN_SIDE, STAFF_SIDE = SignInSide(Audience.CITIZENS), SignInSide(Audience.STAFF)


def current_side() -> SignInSide:
    """The side that this request came to."""
    return STAFF_SIDE if is_staff_address(request.path) else CITIZEN_SIDE


def providers() -> Providers:
    return current_app.extensions["identity_providers"]


def page_after_sign_in(role: str, asked_for: str) -> str:
    """The page that was asked for, where it is theirs; else where somebody of this role begins."""
    address = own_address(asked_for, otherwise="")
    return address if address and is_open_to(address, role) else first_page_of(role)


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
