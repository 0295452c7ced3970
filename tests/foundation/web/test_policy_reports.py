"""Browsers report what a page tried that it may not; operators read it, and nothing of what anybody typed."""

import json

import pytest

from foundation.web import policy_reports

ADDRESS = "/policy-reports"
TYPED = "Ivanova-03051960"


@pytest.fixture
def lines(monkeypatch):
    written: list[dict] = []

    def event(name: str, **told: object) -> None:
        if name.startswith("policy."):
            written.append({"name": name, **told})

    monkeypatch.setattr(policy_reports, "_written", [])
    monkeypatch.setattr(policy_reports.logs, "event", event)
    return written


def report(**told: object) -> str:
    return json.dumps(
        {
            "csp-report": {
                "document-uri": f"https://center.example/my/timeline?{TYPED}",
                "effective-directive": "script-src-elem",
                "blocked-uri": f"https://evil.example/{TYPED}?{TYPED}",
                "script-sample": TYPED,
                **told,
            }
        }
    )


def test_every_page_says_where_to_report_and_a_report_is_written_without_what_was_typed(client, lines):
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert f"report-uri {ADDRESS}" in policy

    answer = client.post(ADDRESS, data=report(), content_type="application/csp-report")

    assert (answer.status_code, answer.data) == (204, b"")
    (line,) = lines
    assert (line["name"], line["fault"], line["where"]) == (
        "policy.violated",
        "script-src-elem",
        "evil.example",
    )
    assert line["endpoint"] == "portal.timeline.show"
    assert TYPED not in str(line)


@pytest.mark.parametrize(
    ("blocked", "where"),
    [
        ("inline", "inline"),
        ("data:text/html,Ivanova", "data"),
        (f"https://{TYPED}@evil.example:8443/", "evil.example:8443"),
        ("https://[", ""),
        (f"https://{TYPED} <b>/", ""),
        (7, ""),
    ],
)
def test_of_an_address_the_host_alone_is_written(client, lines, blocked, where):
    client.post(ADDRESS, data=report(**{"blocked-uri": blocked, "document-uri": "https://x/nowhere"}))

    (line,) = lines
    assert (line["where"], line["endpoint"]) == (where, "-")


@pytest.mark.parametrize("sent", ["", "[]", "{", "{}", '{"csp-report": 7}', "\ud800", '{"csp-report": null}'])
def test_what_is_no_report_is_refused_in_words(client, lines, sent):
    assert client.post(ADDRESS, data=sent.encode(errors="surrogatepass")).status_code == 422
    assert lines == []


def test_a_large_report_is_not_read(client, lines):
    assert client.post(ADDRESS, data=report(filler="x" * 20_000)).status_code == 413
    assert lines == []


def test_whoever_reports_without_end_does_not_fill_the_log(client, lines):
    for _ in range(policy_reports.MOST_A_MINUTE + 5):
        assert client.post(ADDRESS, data=report()).status_code == 204

    assert len(lines) == policy_reports.MOST_A_MINUTE
