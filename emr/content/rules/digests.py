"""The digests that versions and signatures hold."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from foundation.canonical_json import digest_of
from foundation.hash_chain import CONTENT


def signed_digest(*, entry_id: UUID, number: int, content_sha256: str, previous_sha256: str) -> str:
    """What a signature vouches for: this content, as this version of this entry, after exactly that one before."""
    return digest_of(
        {
            "entry": entry_id,
            "number": number,
            "content_sha256": content_sha256,
            "previous_sha256": previous_sha256,
        }
    )


def digest_fault(
    content: Mapping[str, Any], *, content_sha256: str, signed_sha256: str | None, expected_sha256: str
) -> str:
    """What of a version does not fit its digests: "content", "signature", or "" where all does.

    Args:
        signed_sha256: what the signature vouches for; None where nobody has signed.
        expected_sha256: what it must vouch for, the `signed_digest` of the version.
    """
    if digest_of(content) != content_sha256:
        return CONTENT
    return "signature" if signed_sha256 not in (None, expected_sha256) else ""
