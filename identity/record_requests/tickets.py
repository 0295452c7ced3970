"""Who was proven, sealed: in the table, and in the page of whoever was not found."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from cryptography.exceptions import InvalidTag

from foundation.sealing import seal, unseal
from identity.record_requests.rules import PAGE_GOOD_FOR, ProvenPerson, person_written, written_person

# For what the values are sealed.
SEALED_AS, ON_PAGE_AS = "record request", "proven person on a page"


def sealed_for_table(person: ProvenPerson) -> bytes:
    return seal(written_person(person), SEALED_AS)


def opened_from_table(sealed: bytes) -> ProvenPerson | None:
    """None where the key that it was sealed under is gone."""
    try:
        return person_written(unseal(sealed, SEALED_AS))
    except InvalidTag:
        return None


def sealed_anew(sealed: bytes) -> dict[str, bytes]:
    """The same under the service's present key. Raises InvalidTag where nothing opens it."""
    return {"proven_sealed": seal(unseal(sealed, SEALED_AS), SEALED_AS)}


def sealed_for_page(person: ProvenPerson, *, at: datetime) -> str:
    """What the page of whoever was not found holds, so that nothing is stored unless they ask."""
    return urlsafe_b64encode(seal(f"{at.isoformat()}|{written_person(person)}", ON_PAGE_AS)).decode()


def opened_from_page(sealed: str, *, at: datetime) -> ProvenPerson | None:
    """None where it is too old, or was not sealed by us."""
    try:
        proven_at, _, written = unseal(urlsafe_b64decode(sealed), ON_PAGE_AS).partition("|")
    except (ValueError, InvalidTag):
        return None
    return person_written(written) if at - datetime.fromisoformat(proven_at) <= PAGE_GOOD_FOR else None
