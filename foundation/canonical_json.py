"""The one way to write a value as JSON so that it can be hashed, and the digest of what was written.

Stored hashes stand on these bytes: what is written here may never be written otherwise.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any
from uuid import UUID


def canonical_json(value: Any) -> str:
    """JSON with sorted names, without spaces, and every decimal with the digits it came with.

    FHIR R4 forbids turning 1.10 into 1.1, which is why the standard encoder (floats only) does not serve.
    """
    if write := _WRITERS.get(type(value)):
        return write(value)
    match value:
        case str():
            return _text(value)
        case bool() | None | int():
            return json.dumps(value)
        case float():
            return canonical_json(Decimal(repr(value)))
        case Decimal():
            return format(value if value else abs(value), "f")
        case UUID():
            return f'"{value}"'
        case Mapping():
            return _mapping(value)
        case list() | tuple():
            return _list(value)
    raise TypeError(f"{type(value).__name__} has no JSON")


def _mapping(value: Mapping[str, Any]) -> str:
    return "{" + ",".join([f"{_text(name)}:{canonical_json(value[name])}" for name in sorted(value)]) + "}"


def _list(value: Sequence[Any]) -> str:
    return "[" + ",".join([canonical_json(each) for each in value]) + "]"


# What json.dumps(text, ensure_ascii=False) comes to for a text, without the encoder that it makes each time.
_text = encode_basestring
# The same answers for what histories and records consist of, found by one look: they are hashed by the ten thousand.
_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: _text,
    int: int.__repr__,
    dict: _mapping,
    list: _list,
    UUID: lambda value: f'"{value}"',
}


def read_json(text: str) -> Any:
    """The opposite of `canonical_json`: decimals keep their digits."""
    return json.loads(text, parse_float=Decimal)


def digest_of(value: Any) -> str:
    """SHA-256, in hexadecimal, of the value as canonical JSON."""
    return digest_of_text(canonical_json(value))


def digest_of_text(canonical: str) -> str:
    """The same of a value that is written out already."""
    return hashlib.sha256(canonical.encode()).hexdigest()
