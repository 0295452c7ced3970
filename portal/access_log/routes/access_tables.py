"""Who looked at a citizen's record, as a table to keep."""

from flask import Blueprint, request

from foundation.clock import today
from foundation.database.transactions import transaction
from foundation.web.csv_answers import csv_answer
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.access_log.actions import export_access_log
from portal.access_log.forms.filters import AccessLogForm
from portal.access_log.forms.table import HEAD, lines_of

blueprint = Blueprint("access_tables", __name__)


@blueprint.get("/my/access.csv")
@open_to(Role.PATIENT, whole=True)
def show():
    wanted = AccessLogForm.wanted(request.args)
    with transaction(current_actor()) as session:
        lines = [line for portion in export_access_log(session, wanted) for line in lines_of(portion)]
    return csv_answer(HEAD, lines, file_name=f"access-{today():%Y-%m-%d}.csv")
