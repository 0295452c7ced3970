"""Answers of words are sent packed to whoever takes them so; pictures and streams are not, and what is packed stays as it is.

The length of a packed answer tells something of what is in it: whoever can put words of their own into a page, and watch
the line, guesses the rest from it (BREACH, CVE-2013-3587). So a page that another site has asked for is sent as it is.
"""

import gzip
from http import HTTPStatus

from flask import Flask, Response, request

WORDS = ("text/", "application/json", "application/fhir+json", "application/problem+json")
# Less than a packet becomes no fewer packets.
SHORTEST_BYTES = 1200
# 65 kB of a page become 8 kB in about a millisecond; the highest level takes twice as long for a twentieth less.
LEVEL = 4
OWN_SITE = ("same-origin", "none")


def init_app(app: Flask) -> None:
    app.after_request(_pack)


def _pack(answer: Response) -> Response:
    if not _may_be_packed(answer):
        return answer
    answer.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    whole = answer.get_data()
    taken = request.accept_encodings.quality("gzip") > 0 and _asked_by_own_site()
    if taken and len(whole) >= SHORTEST_BYTES:
        answer.set_data(gzip.compress(whole, LEVEL, mtime=0))
        answer.content_encoding = "gzip"
    return answer


def _asked_by_own_site() -> bool:
    """An old browser does not tell where a request comes from: without a cookie there is nobody's page to guess."""
    site = request.headers.get("Sec-Fetch-Site")
    return not request.cookies if site is None else site in OWN_SITE


def _may_be_packed(answer: Response) -> bool:
    """Whether it is whole, of words, and not packed or named by its bytes already."""
    return (
        answer.status_code == int(HTTPStatus.OK)
        and str(answer.mimetype).startswith(WORDS)
        and answer.mimetype != "text/event-stream"
        and not answer.direct_passthrough
        and not answer.is_streamed
        and not any(name in answer.headers for name in ("Content-Encoding", "ETag", "Content-Range"))
    )
