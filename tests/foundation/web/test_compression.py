"""Packed answers: for whoever takes them, of words alone, and not where their length would tell another site something."""

import gzip

import pytest
from flask import Flask, Response

from foundation.web import compression

PAGE = "<p>Добрый день</p>" * 200
TAKES = {"Accept-Encoding": "br, gzip;q=0.8"}


def asked(answer: Response, headers: dict[str, str], cookie: str = "") -> Response:
    app = Flask(__name__)
    compression.init_app(app)
    app.add_url_rule("/", "page", lambda: answer)
    client = app.test_client()
    if cookie:
        client.set_cookie("session_of_citizen", cookie)
    return client.get("/", headers=headers)


@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}])
def test_a_page_is_packed_for_whoever_takes_it(site):
    answer = asked(Response(PAGE), TAKES | site)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data).decode() == PAGE
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(PAGE) / 10
    assert "Accept-Encoding" in answer.vary


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        (Response(PAGE), {}),
        (Response(PAGE), {"Accept-Encoding": "gzip;q=0"}),
        (Response(PAGE), TAKES | {"Sec-Fetch-Site": "cross-site"}),
        (Response(PAGE), TAKES | {"Sec-Fetch-Site": "same-site"}),
        (Response("short"), TAKES),
        (Response(PAGE, content_type="image/jpeg"), TAKES),
        (Response(PAGE, content_type="application/dicom"), TAKES),
        (Response(PAGE, content_type="text/event-stream"), TAKES),
        (Response(iter([PAGE])), TAKES),
        (Response(PAGE, headers={"Content-Encoding": "identity"}), TAKES),
        (Response(PAGE, headers={"ETag": '"of these bytes"'}), TAKES),
        (Response(PAGE, status=206), TAKES),
    ],
)
def test_everything_else_is_sent_as_it_is(answer, headers):
    sent = asked(answer, headers)
    assert sent.headers.get("Content-Encoding") in (None, "identity")
    assert sent.data in (PAGE.encode(), b"short")


def test_an_old_browser_that_tells_no_origin_gets_nobody_s_page_packed():
    assert "Content-Encoding" not in asked(Response(PAGE), TAKES, cookie="x").headers
    assert (
        "Content-Encoding"
        in asked(Response(PAGE), TAKES | {"Sec-Fetch-Site": "same-origin"}, cookie="x").headers
    )


def test_a_page_says_that_it_differs_by_what_is_taken_also_where_it_is_not_packed():
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(asked(Response(PAGE), {}).vary)


def test_the_pages_of_the_service_are_packed(client):
    page = client.get("/", headers=TAKES)
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"<!doctype html>" in gzip.decompress(page.data)
