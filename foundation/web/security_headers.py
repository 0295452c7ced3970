"""What a browser is told with every answer: the Content-Security-Policy of the page, and headers that never change."""

from functools import lru_cache

from flask import Response, current_app, g, request

from foundation.web.current_settings import current_settings

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
    # Of `report-to` the half of the browsers knows nothing.
    "report-uri": "/policy-reports",
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


def allow_viewer() -> None:
    """Let this one page run the image viewer's WebAssembly; called by the routes that show it."""
    g.viewer_page = True


def policy(*, viewer: bool, form_targets: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy of one page.

    Args:
        form_targets: other origins that a form of ours may end at through a redirect (identity providers).
    """
    return _policy(viewer, form_targets, current_settings().events_url)


@lru_cache(maxsize=64)
def _policy(viewer: bool, form_targets: tuple[str, ...], events_url: str) -> str:
    rules = {**POLICY, **(VIEWER_POLICY if viewer else {})}
    rules["form-action"] = " ".join(("'self'", *form_targets))
    rules["connect-src"] = " ".join(("'self'", events_url))
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def set_security_headers(response: Response) -> None:
    """Set the headers that the route has not set itself."""
    present = {name.lower() for name, _ in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    # The workers of the viewer are static files.
    viewer = g.get("viewer_page", False) or request.endpoint == "static"
    form_targets = current_app.extensions.get("form_targets", tuple)
    response.headers.setdefault("Content-Security-Policy", policy(viewer=viewer, form_targets=form_targets()))
    if current_settings().secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
