"""The one way to write a value as JSON so that it can be hashed, and the digest of what was written.

Stored hashes stand on these bytes: what is written here may never be written otherwise.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from json.encoder import encode_basestring
from types import NoneType
from typing import Any
from uuid import UUID


def canonical_json(value: Any) -> str:
    """JSON with sorted names, without spaces, and every decimal with the digits it came with.

    FHIR R4 forbids turning 1.10 into 1.1, which is why the standard encoder (floats only) does not serve.
    """
    return _writer_for(type(value))(value)  # type: ignore[arg-type] # every class is hashable


# By type, and each type once: histories and records are hashed by the ten thousand.
@cache
def _writer_for(kind: type) -> Callable[[Any], str]:
    for each, write in _WRITERS.items():
        if issubclass(kind, each):
            return write
    raise TypeError(f"{kind.__name__} has no JSON")


def _mapping(value: Mapping[str, Any]) -> str:
    return "{" + ",".join([f"{_text(name)}:{canonical_json(value[name])}" for name in sorted(value)]) + "}"


def _list(value: Sequence[Any]) -> str:
    return "[" + ",".join([canonical_json(each) for each in value]) + "]"


def _decimal(value: Decimal) -> str:
    return format(value if value else abs(value), "f")


# What json.dumps(text, ensure_ascii=False) comes to for a text, without the encoder that it makes each time.
_text = encode_basestring

_WRITERS: Mapping[type, Callable[[Any], str]] = {
    str: _text,
    # Before the numbers, of which it is one.
    bool: json.dumps,
    int: int.__repr__,
    NoneType: json.dumps,
    UUID: lambda value: f'"{value}"',
    Decimal: _decimal,
    float: lambda value: _decimal(Decimal(repr(value))),
    Mapping: _mapping,
    list: _list,
    tuple: _list,
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
