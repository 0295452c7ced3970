"""The first page of who keeps schedules, and the week of a doctor, room or device."""

from uuid import UUID

from flask import Blueprint, render_template, request

from dispatch_backend.schedules.forms.closed_times import REASON_WORDS, ReopenForm
from dispatch_backend.schedules.forms.times import KIND_WORDS, ChosenFacilityForm, ChosenWeekForm
from dispatch_backend.schedules.queries.schedules import kept_schedules
from dispatch_backend.schedules.queries.weeks import schedule_week
from dispatch_backend.schedules.rules import Week
from foundation.clock import today
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("schedules", __name__, url_prefix="/schedules")


@blueprint.get("")
@open_to(Role.SCHEDULE_KEEPER)
def index():
    form = ChosenFacilityForm(request.args)
    chosen = form.parsed["facility"]
    with transaction(current_actor()) as session:
        kept = kept_schedules(session, UUID(chosen) if chosen else None)
    form.offer(kept.facilities, kept.chosen)
    return render_template(
        "dispatch_backend/schedules/schedules/index.html", kept=kept, form=form, kinds=KIND_WORDS
    )


@blueprint.get("/<uuid:resource_id>")
@open_to(Role.SCHEDULE_KEEPER)
def show(resource_id: UUID):
    day = ChosenWeekForm.read(request.args)["day"] or today()
    with transaction(current_actor()) as session:
        found = schedule_week(session, resource_id, Week.of(day))
    return render_template(
        "dispatch_backend/schedules/schedules/show.html",
        found=found,
        form=ChosenWeekForm(data={"day": day}),
        reopen_form=ReopenForm(),
        kinds=KIND_WORDS,
        reasons=REASON_WORDS,
        today=today(),
    )
