"""A time that a keeper closes, after they have read whom it touches, and opens again."""

from uuid import UUID

from flask import Blueprint, render_template, request
from werkzeug.datastructures import MultiDict

from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.schedules.actions.closed_times import AskedClosing, close_time, reopen_time
from dispatch_backend.schedules.forms.closed_times import (
    PART_FIELDS,
    ChosenPartForm,
    CloseTimeForm,
    ReopenForm,
)
from dispatch_backend.schedules.forms.times import ChosenWeekForm
from dispatch_backend.schedules.queries.closed_times import closing_time
from dispatch_backend.schedules.rules import PartOfDay
from foundation.clock import today
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("closed_times", __name__)


@blueprint.get("/schedules/<uuid:resource_id>/closed-times/new")
@open_to(Role.SCHEDULE_KEEPER)
def new(resource_id: UUID):
    chosen = ChosenPartForm(request.args) if request.args else ChosenPartForm(data={"day": today()})
    return _page(resource_id, chosen, CloseTimeForm(), None)


@blueprint.post("/schedules/<uuid:resource_id>/closed-times")
@open_to(Role.SCHEDULE_KEEPER)
def create(resource_id: UUID):
    form = CloseTimeForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: close_time(session, resource_id, _part(form), _asked(form)),
        done=lambda _closed: redirect_to(
            "dispatch.schedules.show",
            gettext("The time is closed. Nobody can be booked there now."),
            resource_id=resource_id,
            day=form.day.data,
        ),
        again=lambda refusal: _page(resource_id, _chosen(form), form, refusal),
    )


@blueprint.post("/closed-times/<uuid:closed_time_id>/end")
@open_to(Role.SCHEDULE_KEEPER)
def end(closed_time_id: UUID):
    form = ReopenForm(request.form)
    day = ChosenWeekForm.read(request.args)["day"] or today()
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: reopen_time(session, closed_time_id),
        done=lambda resource_id: redirect_to(
            "dispatch.schedules.show",
            gettext("The time is open again. Whoever was moved keeps the new time."),
            resource_id=resource_id,
            day=day,
        ),
        again=lambda refusal: render_template(
            "dispatch_backend/schedules/closed_times/end.html",
            form=form,
            sentence=sentence_of(refusal),
            closed_time_id=closed_time_id,
            day=day,
        ),
    )


def _part(form: CloseTimeForm) -> PartOfDay:
    part = form.part
    assert part is not None  # noqa: S101 - the form is valid
    return part


def _asked(form: CloseTimeForm) -> AskedClosing:
    return AskedClosing(ClosingReason(form.reason.data), (form.words.data or "").strip(), form.seen.data)


def _chosen(form: CloseTimeForm) -> ChosenPartForm:
    """What was sent, as the address would have said it."""
    return ChosenPartForm(MultiDict({name: request.form.get(form[name].name, "") for name in PART_FIELDS}))


def _page(resource_id: UUID, chosen: ChosenPartForm, form: CloseTimeForm, refusal: Refusal | None) -> str:
    part = chosen.part if not request.args or chosen.validate() else None
    with transaction(current_actor()) as session:
        found = closing_time(session, resource_id, part)
    if found.touched:
        form.show_touched(chosen, found.touched.booked)
    return render_template(
        "dispatch_backend/schedules/closed_times/new.html",
        found=found,
        part=part,
        chosen=chosen,
        form=form,
        sentence=sentence_of(refusal),
    )
