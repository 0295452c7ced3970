"""A document of an entry, on the doctor's desk."""

from uuid import UUID

from flask import Blueprint

from emr.documents.actions import open_document
from foundation.database.transactions import transaction
from foundation.web.files import file_answer
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_staff_who_may

blueprint = Blueprint("documents", __name__)


@blueprint.get("/entries/<uuid:entry_id>/versions/<int:number>/documents/<int:position>")
@open_to_staff_who_may(Deed.READ, Thing.ENTRIES)
def show(entry_id: UUID, number: int, position: int):
    with transaction(current_actor()) as session:
        document = open_document(session, entry_id, number=number, position=position)
    return file_answer(document.content, media_type=document.media_type, title=document.title)
