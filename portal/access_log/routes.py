"""Who looked at a citizen's record."""

from flask import Blueprint, render_template, request

from foundation.clock import today
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.access_log.actions import open_access_log
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.forms import AccessLogForm
from portal.record.rules import by_day

blueprint = Blueprint("access_log", __name__)


@blueprint.get("/my/access")
@open_to(Role.PATIENT)
def show():
    asked = AccessLogForm.read(request.args)
    shown = AccessLogFilter(asked["whose"] or AccessLogFilter.OTHERS)
    with transaction(current_actor()) as session:
        log = open_access_log(session, shown=shown, on=asked["on"], before=asked["before"])
    return render_template(
        "portal/access_log/show.html",
        log=log,
        days=by_day(log.days),
        shown=shown,
        on=asked["on"],
        to_come=asked["on"] is not None and asked["on"] > today(),
    )
