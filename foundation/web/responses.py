"""How every request begins and every answer ends."""

import secrets
import time
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix

from foundation import logs
from foundation.language.translation import gettext
from foundation.web import refusals
from foundation.web.current_settings import current_settings
from foundation.web.security_headers import set_security_headers

# How a program is told, as RFC 9110 (11.6.1) wants it told, that it is a signed-in session that opens this.
CHALLENGE = 'Session realm="Dispatching Center"'


class FormCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, whose signer is made once for a key and not once a request."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        keys = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        made: tuple[object, URLSafeTimedSerializer | None] = self.__dict__.get("_made", ((), None))
        if made[0] != keys:
            made = self.__dict__["_made"] = (keys, super().get_signing_serializer(app))
        return made[1]


def init_app(app: Flask) -> None:
    # One proxy is in front at most: the last address that X-Forwarded-For names is the one that it wrote.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.session_interface = FormCookie()
    app.before_request(_begin)
    app.after_request(_finish)
    refusals.init_app(app)


def _begin() -> Response | None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    if request.method in refusals.UNSAFE_METHODS and _comes_from_elsewhere():
        return refusals.refusal_response(
            HTTPStatus.FORBIDDEN, gettext("This request came from another site and was refused.")
        )
    return None


def _comes_from_elsewhere() -> bool:
    """Whether a page of another origin sent this; machines (back-channel logout) say nothing of where they are."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    public = urlsplit(current_settings().public_url)
    return origin is not None and origin != f"{public.scheme}://{public.netloc}"


def _finish(response: Response) -> Response:
    set_security_headers(response)
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers.setdefault("WWW-Authenticate", CHALLENGE)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
        logs.event(
            "answered",
            method=request.method,
            endpoint=request.endpoint or "-",
            status=response.status_code,
            ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            request=g.get("request_id", "-"),
        )
    return response
