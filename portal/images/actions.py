"""Listing one's own images: reading is an act, and is written down."""

from foundation import audit
from foundation.database.transactions import ActorSession
from portal.images.queries import Images, images_of


def list_images(session: ActorSession) -> Images:
    """The reader's studies."""
    audit.record(session, act="images.listed", patient_id=session.actor.patient_id)
    return images_of(session)
