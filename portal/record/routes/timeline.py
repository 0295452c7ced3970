"""A citizen's record, newest first, across all facilities."""

from flask import Blueprint, render_template, request

from emr.entries.enumerations import KIND_WORDS
from foundation.database.transactions import transaction
from identity.access.enumerations import Scope
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.record.actions import open_timeline
from portal.record.forms import TimelineForm
from portal.record.rules import by_month

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/my/timeline")
@open_to(Role.PATIENT, scope=Scope.RECORD)
def show():
    asked = TimelineForm.read(request.args)
    with transaction(current_actor()) as session:
        timeline = open_timeline(session, **asked)
    return render_template(
        "portal/record/timeline/show.html",
        timeline=timeline,
        months=by_month(timeline.lines),
        kind_texts=KIND_WORDS,
        **asked,
    )
