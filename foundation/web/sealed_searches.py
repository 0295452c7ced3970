"""An address for a search, that Back and Reload lead to: what was typed stands in it sealed, for who typed it alone."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag

from foundation.actor import Actor
from foundation.sealing import seal, unseal

PURPOSE = "search"


def sealed_search(text: str, actor: Actor) -> str:
    """What stands in the address of this search."""
    return urlsafe_b64encode(seal("|".join([*_of(actor), text]), PURPOSE)).decode()


def search_in(sealed: str, actor: Actor) -> str | None:
    """What was searched for; None where somebody else did, they did at another place of work, or it is not sealed by us."""
    try:
        staff_id, facility_id, text = unseal(urlsafe_b64decode(sealed), PURPOSE).split("|", 2)
    except (ValueError, InvalidTag):
        return None
    return text if [staff_id, facility_id] == _of(actor) else None


def _of(actor: Actor) -> list[str]:
    return [str(actor.staff_id), str(actor.facility_id)]
