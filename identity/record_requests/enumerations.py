"""What came of a request, and why one is refused."""

from enum import StrEnum


class Outcome(StrEnum):
    LINKED = "linked"
    REFUSED = "refused"


class RefusalReason(StrEnum):
    NO_DOCUMENT = "no_document"
    ANOTHER_PERSON = "another_person"
    NO_RECORD = "no_record"
    ACCOUNT_EXISTS = "account_exists"
