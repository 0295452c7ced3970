"""One entry of a citizen's record, in full."""

from uuid import UUID

from flask import Blueprint, render_template, url_for

from foundation.database.transactions import transaction
from foundation.web.own_addresses import list_stood_on
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.hidings.forms import HidingForm
from portal.record.actions import open_entry

blueprint = Blueprint("entries", __name__)


@blueprint.get("/my/timeline/<uuid:entry_id>")
@open_to(Role.PATIENT)
def show(entry_id: UUID):
    with transaction(current_actor()) as session:
        own = open_entry(session, entry_id)
    back = list_stood_on(url_for("portal.timeline.show"))
    return render_template(
        "portal/record/entries/show.html",
        entry=own.entry,
        hidden_since=own.hidden_since,
        back=back,
        form=HidingForm(),
    )
