"""The one way to write a resource as text, and the digests that versions and signatures hold."""

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


def content_digest(content: Mapping[str, Any]) -> str:
    """SHA-256, in hexadecimal, of a version's content."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def signed_digest(*, entry_id: UUID, number: int, content_sha256: str, previous_sha256: str) -> str:
    """What a signature vouches for: this content, as this version of this entry, after exactly that one before."""
    said = {
        "entry": str(entry_id),
        "number": number,
        "content_sha256": content_sha256,
        "previous_sha256": previous_sha256,
    }
    return hashlib.sha256(canonical_json(said).encode()).hexdigest()


def fault_in(
    content: Mapping[str, Any],
    *,
    entry_id: UUID,
    number: int,
    content_sha256: str,
    previous_sha256: str,
    signed_sha256: str | None,
) -> str:
    """What of a version does not fit its digests: "content", "signature", or "" where all does.

    Args:
        signed_sha256: what the signature vouches for; None where nobody has signed.
    """
    if content_digest(content) != content_sha256:
        return "content"
    expected = signed_digest(
        entry_id=entry_id, number=number, content_sha256=content_sha256, previous_sha256=previous_sha256
    )
    return "signature" if signed_sha256 not in (None, expected) else ""
