"""What every answer has in common: headers, language, calm error pages, logs without patient data."""

import json
import re

import pytest
from flask import request
from sqlalchemy import text

import app_factory
from foundation import logs
from foundation.actor import Actor
from foundation.database import process_engines
from foundation.database.transactions import transaction
from foundation.errors import Busy, DiskFull, RateLimited
from foundation.web.security_headers import HEADERS
from tests.connections import own_connections


def test_every_answer_carries_the_strict_headers(client):
    answer = client.get("/")

    assert all(answer.headers[name] == value for name, value in HEADERS.items())
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_missing_page_is_a_calm_sentence(client):
    answer = client.get("/there/is/nothing", headers={"Accept-Language": "ru"})

    assert answer.status_code == 404
    assert 'lang="ru"' in answer.text


@pytest.mark.parametrize(
    "refusal",
    [
        RateLimited("Many records were opened in a short time. Please wait a minute, then go on."),
        Busy("The service is very busy. Please try again in a moment."),
        DiskFull(),
    ],
    ids=lambda each: type(each).__name__,
)
def test_whoever_is_to_wait_is_told_so_once(app, client, monkeypatch, refusal):
    """The advice of the page beside that of the sentence said it twice, and of a full disk what was not so."""

    def refuse(**_values):
        raise refusal

    monkeypatch.setitem(app.view_functions, "portal.front.show", refuse)

    said = (
        client.get("/", headers={"Accept-Language": "en"}).text.partition("<main")[2].partition("</main>")[0]
    )

    assert refusal.sentence in said
    paragraphs = re.findall(r"<p[ >]", said)
    assert len(paragraphs) == 2 + ("state-page__code" in said)
    assert "very busy" not in said.replace(refusal.sentence, "")


def test_the_chosen_language_is_remembered(client):
    chosen = client.post("/language", data={"language": "en", "next": "/"})

    assert chosen.status_code == 303
    assert 'lang="en"' in client.get("/", headers={"Accept-Language": "ru"}).text


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\/evil.example", "/a\r\nX: y", ""],
)
def test_the_language_form_never_leads_to_another_site(client, elsewhere):
    answer = client.post("/language", data={"language": "ru", "next": elsewhere})

    assert answer.headers["Location"] == "/"


def test_an_unknown_language_is_refused(client):
    assert client.post("/language", data={"language": "tlh"}).status_code == 422


def test_a_form_from_another_site_is_refused(client):
    answer = client.post("/language", data={"language": "ru"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        # The host that a request names is the visitor's word.
        {"Origin": "http://localhost"},
        {"Origin": "http://localhost", "Host": "localhost"},
        {"Origin": "https://127.0.0.1:8000"},
    ],
)
def test_a_form_of_another_origin_is_refused_by_old_browsers_too(client, headers):
    assert client.post("/language", data={"language": "ru"}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "http://127.0.0.1:8000"}, {"Sec-Fetch-Site": "same-origin"}]
)
def test_a_form_of_our_own_is_taken(client, headers):
    assert client.post("/language", data={"language": "ru"}, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost@evil"]
)
@pytest.mark.parametrize("path", ["/", "/healthz", "/my", "/there/is/nothing"])
def test_a_host_that_is_not_ours_is_refused_everywhere(applications, host, path):
    for app in applications.values():
        answer = app.test_client().get(path, headers={"Host": host, "Accept-Language": "en"})

        assert answer.status_code == 400
        assert "evil" not in answer.text


def test_every_process_that_answers_tells_whether_it_lives(applications):
    for app in applications.values():
        assert app.test_client().get("/healthz").json == {"status": "ok"}


def test_the_event_process_answers_an_unknown_address_without_pages(settings, monkeypatch):
    monkeypatch.setattr(app_factory, "connect", lambda _url: None)
    events = app_factory.create_events(
        settings.model_copy(update={"database_url": "postgresql://x@127.0.0.1:1/x"})
    )

    answer = events.test_client().get("/emr")

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_log_line_takes_only_fields_that_never_hold_patient_data():
    with pytest.raises(ValueError, match="patient"):
        logs.event("x", patient="Иванова")


def test_an_unforeseen_error_shows_and_logs_no_text_of_it(app, client, caplog, monkeypatch):
    def explode(*_args, **_kwargs):
        raise LookupError("Иванова 112-233-445 95")

    app.view_functions, kept = dict(app.view_functions), app.view_functions
    app.view_functions["foundation.health.live"] = explode
    monkeypatch.setattr(logs._log, "propagate", True)
    try:
        with caplog.at_level("INFO", logger="center"):
            answer = client.get("/healthz")
    finally:
        app.view_functions = kept

    assert answer.status_code == 500
    assert "Иванова" not in answer.text
    written = [json.loads(logs.JsonFormatter().format(record)) for record in caplog.records]
    assert any(line["event"] == "unforeseen" and line["fault"] == "LookupError" for line in written)
    assert "Иванова" not in json.dumps(written, ensure_ascii=False)


def test_a_value_that_no_column_can_hold_is_refused_in_words_though_no_form_saw_it(app, client, monkeypatch):
    def ask(*_args, **_kwargs):
        with transaction(Actor.anonymous()) as session:
            session.execute(text("SELECT CAST(:number AS smallint)"), {"number": 2**40})

    monkeypatch.setitem(app.view_functions, "foundation.health.live", ask)

    answer = client.get("/healthz", headers={"Accept-Language": "en"})

    assert answer.status_code == 422
    assert "Go back, check what you typed and send it again." in answer.text


def test_while_the_database_is_away_a_signed_in_person_reads_a_calm_page(client_for, people):
    browser = client_for(people.patient().actor)
    nowhere = process_engines.make_engine("postgresql://center_web:x@127.0.0.1:1/center", pool_size=1)

    with own_connections(nowhere):
        answer = browser.get("/my", headers={"Accept-Language": "ru"})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Сейчас очень много обращений" in answer.text


def test_the_proxy_in_front_tells_who_asks_and_how(app, client, monkeypatch):
    seen = []

    def look():
        seen.append((request.remote_addr, request.scheme))
        return ""

    monkeypatch.setitem(app.view_functions, "foundation.health.live", look)
    client.get(
        "/healthz", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}
    )
    client.get("/healthz")

    assert seen == [("198.51.100.7", "https"), ("127.0.0.1", "http")]
