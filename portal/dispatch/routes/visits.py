"""A visit that is still to come, as a file for one's own calendar."""

from uuid import UUID

from flask import Blueprint, Response

from foundation.database.transactions import transaction
from identity.access.enumerations import Scope
from identity.authorization import current_actor, open_to
from identity.roles import Role
from portal.dispatch.actions import export_visit
from portal.dispatch.forms import calendar_file

blueprint = Blueprint("visits", __name__)


@blueprint.get("/my/referrals/<uuid:referral_id>/visit.ics")
@open_to(Role.PATIENT, scope=Scope.BOOKINGS)
def show(referral_id: UUID):
    with transaction(current_actor()) as session:
        visit = export_visit(session, referral_id)
    answer = Response(calendar_file(visit), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{visit.referral.number}.ics"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
