"""The search page and a patient's chart."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, render_template, request

from dispatch_backend.bookings.queries.referral_cards import ReferralCard
from emr.chart.actions import open_chart
from emr.chart.forms import ChartForm
from emr.desk.forms import SearchForm
from emr.drafts.actions import list_drafts
from emr.entries.enumerations import KIND_WORDS
from emr.referral_steps.forms import step_of
from foundation.clock import now
from foundation.database.transactions import transaction
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_staff_who_may, reader_may

blueprint = Blueprint("patients", __name__)


@blueprint.get("")
@open_to_staff_who_may(Deed.READ, Thing.ENTRIES)
def index():
    with transaction(current_actor()) as session:
        drafts = list_drafts(session)
    return render_template("emr/desk/patients/index.html", form=SearchForm(), found=None, drafts=drafts)


@blueprint.get("/patients/<uuid:patient_id>")
@open_to_staff_who_may(Deed.READ, Thing.ENTRIES)
def show(patient_id: UUID):
    asked = ChartForm.read(request.args)
    with transaction(current_actor()) as session:
        view = open_chart(session, patient_id, **asked)
    return render_template(
        "emr/chart/patients/show.html",
        view=view,
        kind_texts=KIND_WORDS,
        steps=_steps(view.referrals),
        **asked,
    )


def _steps(referrals: Sequence[ReferralCard]) -> dict[UUID, str]:
    """The name of the form for each referral that waits for a step of this reader."""
    if not reader_may(Deed.CARRY_ON, Thing.REFERRALS):
        return {}
    facility_id, at = current_actor().facility_id, now()
    steps = {each.id: step_of(each, facility_id=facility_id, at=at) for each in referrals}
    return {referral_id: step.name for referral_id, step in steps.items() if step}
