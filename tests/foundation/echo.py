"""The smallest application: it reads what was sent and sends it back; or sends much, in one piece or as a file."""

import tempfile
from collections.abc import Callable, Iterable
from typing import Any

MUCH_BYTES = 16_000_000


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body: bytes = environ["wsgi.input"].read()
    match environ["PATH_INFO"]:
        case "/much":
            body = bytes(MUCH_BYTES)
        case "/file":
            return _file(environ, start_response)
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def refusing(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Reads nothing of what was sent, as an application does that finds it too large."""
    start_response("413 Content Too Large", [("Content-Length", "0")])
    return []


def _file(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """By sendfile, as static files and images go."""
    much = tempfile.TemporaryFile()  # noqa: SIM115 - gunicorn closes it when it is sent
    much.truncate(MUCH_BYTES)
    start_response("200 OK", [("Content-Length", str(MUCH_BYTES))])
    return environ["wsgi.file_wrapper"](much)
