"""A citizen's record, newest first, across all facilities."""

from flask import Blueprint, render_template, request

from emr.queries import KIND_WORDS
from foundation.database import transaction
from identity.guards import current_actor, open_to
from identity.rules.roles import Role
from portal.actions import open_timeline
from portal.forms import TimelineForm
from portal.rules.days import by_month

blueprint = Blueprint("timeline", __name__)


@blueprint.get("/my/timeline")
@open_to(Role.PATIENT)
def show():
    asked = TimelineForm(request.args).understood
    with transaction(current_actor()) as session:
        timeline = open_timeline(session, **asked)
    return render_template(
        "portal/timeline/show.html",
        timeline=timeline,
        months=by_month(timeline.lines),
        kind_texts=KIND_WORDS,
        **asked,
    )
