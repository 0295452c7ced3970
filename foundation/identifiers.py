"""Identifiers of rows: UUID version 7 (RFC 9562, 5.7), so that new rows lie together in their indexes."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    return uuid7()
