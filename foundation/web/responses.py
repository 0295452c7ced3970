"""What every answer has in common: settings in reach, security headers, one place where refusals become pages."""

import secrets
import time
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, current_app, g, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from foundation import logs
from foundation.errors import Busy, Refusal
from foundation.language.translation import gettext
from foundation.settings import Settings

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}
# The viewer decodes in WebAssembly workers and draws tool cursors and baseline JPEG from blob: and data:.
VIEWER_POLICY = {
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
    "img-src": "'self' blob: data:",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Set by an application that has no templates: all its refusals are for machines.
SHOWS_NO_PAGES = "SHOWS_NO_PAGES"
UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
RETRY_AFTER_S = {HTTPStatus.SERVICE_UNAVAILABLE: "5", HTTPStatus.TOO_MANY_REQUESTS: "60"}
MACHINE_ADDRESSES = ("/archive/", "/emr/archive/", "/fhir/", "/dispatch/events")


def current_settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


def wants_problem_details() -> bool:
    """Whether this request comes from a program that reads problem details (RFC 9457), not pages."""
    return request.path.startswith(MACHINE_ADDRESSES) or bool(current_app.config.get(SHOWS_NO_PAGES))


def allow_viewer() -> None:
    """Let this one page run the image viewer's WebAssembly; called by the routes that show it."""
    g.viewer_page = True


def policy(*, viewer: bool, form_targets: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy of one page.

    Args:
        form_targets: other origins that a form of ours may end at through a redirect (identity providers).
    """
    rules = {**POLICY, **(VIEWER_POLICY if viewer else {})}
    rules["form-action"] = " ".join(("'self'", *form_targets))
    rules["connect-src"] = " ".join(("'self'", current_settings().events_url))
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def init_app(app: Flask) -> None:
    # One proxy is in front at most: the last address that X-Forwarded-For names is the one that it wrote.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http_fault)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(Exception, _unforeseen)


def _begin() -> Response | None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()
    if request.method in UNSAFE_METHODS and _comes_from_elsewhere():
        return _answer(HTTPStatus.FORBIDDEN, gettext("This request came from another site and was refused."))
    return None


def _comes_from_elsewhere() -> bool:
    """Whether a page of another origin sent this; machines (back-channel logout) say nothing of where they are."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and urlsplit(origin).netloc not in (
        request.host,
        urlsplit(current_settings().public_url).netloc,
    )


def _finish(response: Response) -> Response:
    static = request.endpoint == "static"
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    form_targets = current_app.extensions.get("form_targets", tuple)
    response.headers.setdefault(
        "Content-Security-Policy",
        policy(viewer=g.get("viewer_page", False) or static, form_targets=form_targets()),
    )
    if current_settings().secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    if not static:
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


def _refused(refusal: Refusal) -> Response:
    sentence = gettext(refusal.sentence, **refusal.values)
    return _answer(refusal.status, sentence)


def _http_fault(fault: HTTPException) -> Response:
    status = HTTPStatus(fault.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if fault.response is not None or status < HTTPStatus.BAD_REQUEST:
        return fault.get_response()  # type: ignore[return-value]
    answer = _answer(status, "")
    for name, value in fault.get_headers():
        if name in ("Allow", "Retry-After"):
            answer.headers[name] = value
    return answer


def _database_gone(fault: OperationalError) -> Response:
    logs.fault("database.gone", fault, request=g.get("request_id", "-"))
    return _refused(Busy("The service is very busy. Please try again in a moment."))


def _unforeseen(fault: Exception) -> Response:
    logs.fault("unforeseen", fault, request=g.get("request_id", "-"), endpoint=request.endpoint or "-")
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, "")


def _answer(status: HTTPStatus, sentence: str) -> Response:
    """The refusal as a page for people, as problem details for machines."""
    g.answering_fault = True
    if wants_problem_details():
        problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": sentence}
        answer = Response(orjson.dumps(problem), status, content_type="application/problem+json")
    else:
        request_id = g.get("request_id", "")
        page = render_template(
            "errors/show.html", status=status.value, sentence=sentence, request_id=request_id
        )
        answer = Response(page, status)
    if status in RETRY_AFTER_S:
        answer.headers["Retry-After"] = RETRY_AFTER_S[status]
    return answer
