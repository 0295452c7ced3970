"""Every address names its visitors, and the whole list is reviewed: a new one shows up in the difference."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from identity.authorization import VISITORS

REVIEWED = Path(__file__).parent / "routes.txt"

# Addresses without a guard of their own: they show nothing of anybody.
PUBLIC_WITHOUT_GUARD = {
    "static",
    "foundation.health.live",
    "foundation.health.ready",
    "health.live",
    "health.ready",
    "foundation.language.update",
    # A browser sends it of itself, whoever reads.
    "foundation.policy_reports.create",
}


def listed(applications: Mapping[str, Flask]) -> list[str]:
    """Application, method, address, visitors and endpoint of every route, one a line."""
    lines = []
    for name, app in applications.items():
        for rule in app.url_map.iter_rules():
            visitors = " ".join(sorted(_visitors(app, rule) or ())) or "-"
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                lines.append(f"{name:6} {method:6} {rule.rule:100} {visitors:25} {rule.endpoint}")
    return sorted(lines, key=lambda line: line.split()[2::-1])


def test_every_route_names_its_visitors_or_stands_on_the_short_public_list(applications):
    unguarded = {
        rule.endpoint
        for app in applications.values()
        for rule in app.url_map.iter_rules()
        if _visitors(app, rule) is None
    }

    assert unguarded == PUBLIC_WITHOUT_GUARD


def test_the_reviewed_list_of_routes_is_the_list_of_routes(applications):
    found = listed(applications)

    assert REVIEWED.read_text().splitlines() == found, "look at the difference, then run `make routes`"


def test_a_page_for_somebody_sends_a_stranger_to_sign_in(applications):
    asked = []
    for app in applications.values():
        for rule in app.url_map.iter_rules():
            if "anybody" in (_visitors(app, rule) or ("anybody",)) or "GET" not in rule.methods:
                continue
            with app.test_request_context():
                address = rule.build(_anything(rule), append_unknown=False)[1]
            assert app.test_client().get(address).status_code in (303, 401), rule.rule
            asked.append(rule.endpoint)

    assert {"portal.home.show", "dispatch_events.show"} <= set(asked)


def _visitors(app: Flask, rule: Rule) -> tuple[str, ...] | None:
    return getattr(app.view_functions[rule.endpoint], VISITORS, None)


def _anything(rule) -> dict[str, object]:
    values: dict[str, object] = {"uuid": "0198a3c4-0000-7000-8000-000000000000", "int": 1}
    return {name: values.get(_kind(rule, name), "1.2.3") for name in rule.arguments}


def _kind(rule, name: str) -> str:
    return type(rule._converters[name]).__name__.removesuffix("Converter").lower().replace("integer", "int")
