"""One entry, read in full."""

from uuid import UUID

from flask import Blueprint, render_template, url_for

from emr.details.actions import open_entry
from foundation.database.transactions import transaction
from foundation.web.own_addresses import list_stood_on
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_staff_who_may

blueprint = Blueprint("entries", __name__)


@blueprint.get("/entries/<uuid:entry_id>")
@open_to_staff_who_may(Deed.READ, Thing.ENTRIES)
def show(entry_id: UUID):
    reader = current_actor()
    with transaction(reader) as session:
        patient, entry = open_entry(session, entry_id)
    own = entry.versions[0].author_id == reader.staff_id
    back = list_stood_on(url_for("emr.patients.show", patient_id=patient.id))
    return render_template("emr/details/entries/show.html", patient=patient, entry=entry, own=own, back=back)
