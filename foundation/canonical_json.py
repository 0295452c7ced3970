"""The one way to write a value as JSON so that it can be hashed, and the digest of what was written.

Stored hashes stand on these bytes: what is written here may never be written otherwise.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical_json(value: Any) -> str:
    """JSON with sorted names, without spaces, and every decimal with the digits it came with.

    FHIR R4 forbids turning 1.10 into 1.1, which is why the standard encoder (floats only) does not serve.
    """
    match value:
        case bool() | None | str() | int():
            return json.dumps(value, ensure_ascii=False)
        case float():
            return canonical_json(Decimal(repr(value)))
        case Decimal():
            return format(value if value else abs(value), "f")
        case UUID():
            return f'"{value}"'
        case Mapping():
            return (
                "{" + ",".join(f"{_text(name)}:{canonical_json(value[name])}" for name in sorted(value)) + "}"
            )
        case list() | tuple():
            return "[" + ",".join(canonical_json(each) for each in value) + "]"
    raise TypeError(f"{type(value).__name__} has no JSON")


def _text(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def read_json(text: str) -> Any:
    """The opposite of `canonical_json`: decimals keep their digits."""
    return json.loads(text, parse_float=Decimal)


def digest_of(value: Any) -> str:
    """SHA-256, in hexadecimal, of the value as canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
