"""The stream of the live board, served by the event process: "something changed", and which referral.

Server-sent events (HTML Living Standard, 9.2). No patient data passes here: a board fetches what it shows.
"""

import queue
import threading
import time
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from dispatch_backend.worklist.live import GIVEN_WAY, ChangeBroadcast
from foundation.database.process_engines import engine
from foundation.errors import NotAllowed
from foundation.web.current_settings import current_settings
from identity.authorization import current_actor, open_to, session_cookie
from identity.roles import DISPATCHING
from identity.sessions.queries.sessions import sign_in_of

blueprint = Blueprint("dispatch_events", __name__)

HEARTBEAT_S = 10.0
RETRY_MS = 3000

_broadcast_lock = threading.Lock()


@blueprint.get("/dispatch/events")
@open_to(*DISPATCHING, reads=True)
def show():
    _require_own_page()
    token = request.cookies[session_cookie(staff=True)]
    broadcast = _broadcast()
    inbox = broadcast.subscribe(current_actor().staff_id)
    answer = Response(_stream(token, inbox), content_type="text/event-stream; charset=utf-8")
    answer.call_on_close(lambda: broadcast.unsubscribe(inbox))
    answer.headers["X-Accel-Buffering"] = "no"
    answer.headers["Access-Control-Allow-Origin"] = current_settings().public_url
    answer.headers["Access-Control-Allow-Credentials"] = "true"
    answer.headers["Vary"] = "Origin"
    # The pages come from another port: the same site, another origin.
    answer.headers["Cross-Origin-Resource-Policy"] = "same-site"
    return answer


def _require_own_page() -> None:
    """Another site's page may not listen, whatever cookie the browser would send along."""
    if request.headers.get("Origin", current_settings().public_url) != current_settings().public_url:
        raise NotAllowed("Only our own pages may listen here.")


def _broadcast() -> ChangeBroadcast:
    """The one listener of this process."""
    with _broadcast_lock:
        if "changes" not in current_app.extensions:
            current_app.extensions["changes"] = ChangeBroadcast(
                engine().url.render_as_string(hide_password=False)
            )
        return current_app.extensions["changes"]


def _stream(token: str, inbox: "queue.Queue[str]") -> Iterator[str]:
    """Changes as they come, heartbeats between them, and an end when the session has ended."""
    yield f"retry: {RETRY_MS}\n: listening\n\n"
    checked_at = time.monotonic()
    while True:
        try:
            number = inbox.get(timeout=HEARTBEAT_S)
        except queue.Empty:
            number = None
        if number == GIVEN_WAY:
            yield "event: given-way\ndata:\n\n"
            return
        if number is None or time.monotonic() - checked_at > HEARTBEAT_S:
            if not _signed_in(token):
                yield "event: ended\ndata:\n\n"
                return
            checked_at = time.monotonic()
        yield ": still here\n\n" if number is None else f"event: changed\ndata: {number}\n\n"


def _signed_in(token: str) -> bool:
    try:
        return sign_in_of(token) is not None
    except SQLAlchemyError:
        return False
