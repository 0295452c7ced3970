"""What browsers report of the Content-Security-Policy: a page of ours tried what it may not, or somebody wrote into it.

Written down are the directive, where the page wanted to go, and which of our pages it was: no address, nothing that somebody typed.
"""

import json
import logging
import re
import time
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request
from werkzeug.exceptions import HTTPException

from foundation import logs
from foundation.errors import BadInput

LARGEST_BYTES = 16 * 1024
# A broken page would report itself for every reader; anybody may send here.
MOST_A_MINUTE = 30
MINUTE_S = 60
DIRECTIVE = re.compile("[a-z-]{1,40}")
# What a report says in place of an address (CSP 3, 5.2), and the kinds of address that name no host.
WITHOUT_HOST = frozenset({"inline", "eval", "wasm-eval", "trusted-types-policy", "data", "blob", "about"})
HOST = re.compile(r"[a-z0-9.:\[\]-]{1,100}", re.IGNORECASE)

blueprint = Blueprint("policy_reports", __name__)
_written: list[float] = []


@blueprint.post("/policy-reports")
def create() -> tuple[str, HTTPStatus]:
    request.max_content_length = LARGEST_BYTES
    try:
        report = json.loads(request.get_data())["csp-report"]
        told = {name: str(report.get(name, "")) for name in ("blocked-uri", "document-uri")}
        directive = str(report.get("effective-directive") or report.get("violated-directive", ""))
    except (ValueError, LookupError, TypeError, AttributeError) as fault:
        raise BadInput("This is no report of a browser.") from fault
    if _may_write():
        logs.event(
            "policy.violated",
            level=logging.WARNING,
            fault=(DIRECTIVE.match(directive) or [""])[0],
            where=_host_of(told["blocked-uri"]),
            endpoint=_endpoint_of(told["document-uri"]),
        )
    return "", HTTPStatus.NO_CONTENT


def _may_write() -> bool:
    """Whether this process has written little lately; two threads at once may write one line more."""
    now = time.monotonic()
    _written[:] = [at for at in _written if at > now - MINUTE_S]
    if len(_written) >= MOST_A_MINUTE:
        return False
    _written.append(now)
    return True


def _host_of(address: str) -> str:
    """The host alone: an address may bear what somebody typed."""
    if address.partition(":")[0] in WITHOUT_HOST:
        return address.partition(":")[0]
    try:
        host = urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:
        return ""
    return host if HOST.fullmatch(host) else ""


def _endpoint_of(address: str) -> str:
    """Which of our pages it was, by its name."""
    try:
        return str(current_app.url_map.bind("").match(urlsplit(address).path)[0])
    except (ValueError, HTTPException):
        return "-"
