"""The addresses of our own pages, for templates: built once for each shape, and then only told whose they are.

A page names dozens of addresses that differ in a number alone. werkzeug builds each anew; here it builds the first, and the
numbers of the others are put in its place. Only identifiers are: they need no quoting, and choose no other route.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import flask
from flask import Flask, current_app, has_request_context, request

# Stand where the numbers will; nothing in the service has them.
_PLACES = tuple(UUID(int=place) for place in range(4))


def init_app(app: Flask) -> None:
    app.extensions["address_patterns"] = {}
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: Any) -> str:
    """As Flask's, which it asks where a value is not an identifier."""
    if not _only_identifiers(values) or not has_request_context() or request.script_root:
        return flask.url_for(endpoint, **values)
    patterns: dict[tuple[str, ...], Callable[..., str]] = current_app.extensions["address_patterns"]
    shape = (endpoint, *values)
    pattern = patterns.get(shape)
    if pattern is None:
        pattern = patterns[shape] = _pattern(endpoint, tuple(values))
    return pattern(**values)


def _only_identifiers(values: Mapping[str, object]) -> bool:
    for value in values.values():
        if type(value) is not UUID:
            return False
    return len(values) <= len(_PLACES)


def _pattern(endpoint: str, names: tuple[str, ...]) -> Callable[..., str]:
    places: dict[str, Any] = dict(zip(names, _PLACES, strict=False))
    address = flask.url_for(endpoint, **places).replace("{", "{{").replace("}", "}}")
    for name, place in places.items():
        address = address.replace(str(place), f"{{{name}}}")
    return address.format
