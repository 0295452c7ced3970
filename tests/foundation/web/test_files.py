"""A file that somebody else sent opens in the browser's own reader, and nothing in it can act for us."""

from collections.abc import Iterator
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from foundation.web.files import PDF, file_answer

READER = "chrome-extension://"
OPENS_WITHIN_MS, STEP_MS = 20_000, 200


def _pdf() -> bytes:
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + (
        b"xref\n0 4\n0000000000 65535 f \n%strailer << /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (table, len(made))
    )


@pytest.fixture
def app() -> Flask:
    """Gives a PDF as documents are given."""
    made = Flask(__name__)
    made.add_url_rule("/letter", view_func=lambda: file_answer(_pdf(), media_type=PDF, title="Letter"))
    return made


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/letter"
    server.shutdown()
    thread.join()


def test_a_pdf_may_be_shown_and_do_nothing_else(app):
    policy = app.test_client().get("/letter").headers["Content-Security-Policy"]

    assert {each.split()[0]: each.split()[1:] for each in policy.split("; ")} == {
        "default-src": ["'none'"],
        "object-src": ["'self'"],
        "style-src": ["'unsafe-inline'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }


def test_a_pdf_opens_in_the_browsers_own_reader(browser, address):
    page = browser.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))

    page.goto(address)
    waited = 0
    while (
        not (opened := any(each.url.startswith(READER) for each in page.frames)) and waited < OPENS_WITHIN_MS
    ):
        page.wait_for_timeout(STEP_MS)
        waited += STEP_MS

    page.close()
    assert opened
    assert not [each for each in told if "Content Security Policy" in each]


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("idna", b"xn--"),
        ("punycode", b"a-999999"),
        ("undefined", b"letter"),
        ("unicode_escape", b"\\ud800"),
        ("utf-7", b"+2AA-"),
        ("utf\x00-8", b"letter"),
        ("of nobody", b"letter"),
    ],
)
def test_a_text_in_what_is_no_charset_of_documents_is_given_to_keep(app, charset, content):
    with app.test_request_context():
        answer = file_answer(content, media_type=f"text/plain; charset={charset}", title="Letter")

    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "charset", ["utf-8", "UTF8", "windows-1251", "koi8-r", "cp866", "iso-8859-5", "utf-16"]
)
def test_a_text_is_shown_in_the_charset_that_it_names(app, charset):
    with app.test_request_context():
        answer = file_answer("Письмо".encode(charset), media_type=f"text/plain; charset={charset}", title="")
        answer.direct_passthrough = False

    assert answer.mimetype == "text/plain"
    assert answer.get_data(as_text=True) == "Письмо"
