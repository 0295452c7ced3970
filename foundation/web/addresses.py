"""The addresses of our own pages, for templates: built once for each shape, and then only told whose they are.

A page names dozens of addresses that differ in a number alone. werkzeug builds each anew; here it builds the first, and the
numbers of the others are put in its place. Only identifiers are, also whole numbers and those of DICOM (PS3.5 9.1: digits and
dots): they need no quoting, and choose no other route.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import flask
from flask import Flask, current_app, request

# Stand where the identifiers will; nothing in the service has them.
_PLACES: dict[type, tuple[Any, ...]] = {
    UUID: tuple(UUID(int=place) for place in range(4)),
    str: tuple(f"0.0.0.{place}" for place in range(4)),
    int: tuple(8_888_888_888_888_888_880 + place for place in range(4)),
}
_MOST_PLACES = 4
_is_uid = re.compile(r"[0-9]+(\.[0-9]+)+").fullmatch


def init_app(app: Flask) -> None:
    app.extensions["url_for"] = app.jinja_env.globals["url_for"] = _url_for()


def url_for(endpoint: str, **values: Any) -> str:
    """The address of one of this application's pages; templates call the same function directly."""
    address: str = current_app.extensions["url_for"](endpoint, **values)
    return address


def _url_for() -> Callable[..., str]:
    """As Flask's `url_for`, which is asked for what no page has named before, and where a value is not an identifier."""
    patterns: dict[tuple[object, ...], Callable[..., str]] = {}

    def known_address(endpoint: str, **values: Any) -> str:
        for value in values.values():
            if type(value) is not UUID and not _is_plain(value):
                return flask.url_for(endpoint, **values)
        # Below a path of a proxy's, and outside a request, flask tells.
        try:
            known = not request.script_root
        except RuntimeError:
            known = False
        if not known:
            return flask.url_for(endpoint, **values)
        shape = (endpoint, *values, *map(type, values.values()))
        pattern = patterns.get(shape)
        if pattern is None:
            if len(values) > _MOST_PLACES:
                return flask.url_for(endpoint, **values)
            pattern = patterns[shape] = _pattern(endpoint, values)
        return pattern(**values)

    return known_address


def _is_plain(value: object) -> bool:
    """A whole number, or an identifier of DICOM."""
    return (type(value) is int and value >= 0) or (type(value) is str and bool(_is_uid(value)))


def _pattern(endpoint: str, values: dict[str, Any]) -> Callable[..., str]:
    places = {name: _PLACES[type(value)][at] for at, (name, value) in enumerate(values.items())}
    address = flask.url_for(endpoint, **places).replace("{", "{{").replace("}", "}}")
    if not all(str(place) in address for place in places.values()):
        # The route writes such a value in another way.
        return partial(flask.url_for, endpoint)
    for name, place in places.items():
        address = address.replace(str(place), f"{{{name}}}")
    return address.format
