"""Addresses that are put together are those that Flask would build."""

from uuid import UUID, uuid4

import flask
import pytest
from flask import Flask
from werkzeug.routing import BuildError

from foundation.web import addresses


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    for rule in (
        "/{odd}/<uuid:of>/<uuid:part>",
        "/plain",
        "/named/<name>",
        "/numbered/<int(max=9223372036854775807):number>",
    ):
        app.add_url_rule(rule, rule, lambda **_: "")
    addresses.init_app(app)
    return app


@pytest.mark.parametrize("mounted", ["", "/below"])
@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("/plain", {}),
        ("/plain", {"of": uuid4()}),
        ("/plain", {"kind": "a b", "year": None}),
        ("/{odd}/<uuid:of>/<uuid:part>", {"of": uuid4(), "part": uuid4()}),
        ("/{odd}/<uuid:of>/<uuid:part>", {"part": uuid4(), "of": uuid4(), "more": uuid4()}),
        ("/{odd}/<uuid:of>/<uuid:part>", {"of": UUID(int=0), "part": UUID(int=1)}),
        ("/named/<name>", {"name": "ä/ö"}),
        ("/named/<name>", {"name": uuid4()}),
        ("/named/<name>", {"name": 12}),
        ("/numbered/<int(max=9223372036854775807):number>", {"number": 0}),
        ("/numbered/<int(max=9223372036854775807):number>", {"number": 2**63 - 1}),
        ("/plain", {"page": -1}),
        ("/plain", {"page": True}),
    ],
)
def test_an_address_is_flask_s_the_first_time_and_the_next(app, mounted, endpoint, values):
    with app.test_request_context(base_url=f"http://localhost{mounted}"):
        for _ in range(2):
            assert addresses.url_for(endpoint, **values) == flask.url_for(endpoint, **values)


def test_a_value_of_another_kind_is_written_as_flask_writes_it(app):
    numbered = "/numbered/<int(max=9223372036854775807):number>"
    with app.test_request_context():
        addresses.url_for(numbered, number=7)

        assert addresses.url_for(numbered, number=UUID(int=5)) == flask.url_for(numbered, number=UUID(int=5))


def test_an_address_tells_the_numbers_it_is_asked_for(app):
    endpoint = "/{odd}/<uuid:of>/<uuid:part>"
    with app.test_request_context():
        for _ in range(3):
            of, part = uuid4(), uuid4()
            assert addresses.url_for(endpoint, of=of, part=part) == f"/%7Bodd%7D/{of}/{part}"


def test_werkzeug_builds_an_address_of_a_kind_once(app, monkeypatch):
    built = []
    with app.test_request_context():
        adapter = flask.globals.request_ctx.url_adapter
        build = adapter.build
        monkeypatch.setattr(
            adapter, "build", lambda *words, **more: built.append(words) or build(*words, **more)
        )
        for _ in range(3):
            addresses.url_for("/{odd}/<uuid:of>/<uuid:part>", of=uuid4(), part=uuid4())
    assert len(built) == 1


def test_an_address_that_nobody_has_is_refused_each_time(app):
    with app.test_request_context():
        for _ in range(2):
            with pytest.raises(BuildError):
                addresses.url_for("nowhere", of=uuid4())
