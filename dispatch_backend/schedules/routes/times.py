"""Times that a keeper adds to a schedule."""

from uuid import UUID

from flask import Blueprint, render_template, request

from dispatch_backend.schedules.actions.times import AskedTimes, add_times
from dispatch_backend.schedules.forms.times import AddTimesForm, ChosenWeekForm
from dispatch_backend.schedules.queries.schedules import adding_times
from foundation.clock import today
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("times", __name__, url_prefix="/schedules/<uuid:resource_id>/times")


@blueprint.get("/new")
@open_to(Role.SCHEDULE_KEEPER)
def new(resource_id: UUID):
    day = ChosenWeekForm.read(request.args)["day"] or today()
    return _page(resource_id, AddTimesForm(data={"day": day}), None)


@blueprint.post("")
@open_to(Role.SCHEDULE_KEEPER)
def create(resource_id: UUID):
    form = AddTimesForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: add_times(
            session,
            resource_id,
            AskedTimes(form.service.data, form.part_of_day, form.minutes.data or 0),
        ),
        done=lambda _added: redirect_to(
            "dispatch.schedules.show",
            gettext("The times are offered."),
            resource_id=resource_id,
            day=form.day.data,
        ),
        again=lambda refusal: _page(resource_id, form, refusal),
    )


def _page(resource_id: UUID, form: AddTimesForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = adding_times(session, resource_id)
    form.offer((each.code, each.name) for each in found.services)
    if found.usual and not form.idempotency_key.raw_data:
        form.service.data, form.minutes.data = found.usual
    return render_template(
        "dispatch_backend/schedules/times/new.html", found=found, form=form, sentence=sentence_of(refusal)
    )
