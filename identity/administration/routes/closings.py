"""That a facility takes part no more, and that it does so again."""

from uuid import UUID

from flask import Blueprint, request

from foundation.language.translation import gettext
from foundation.web.form_submission import answer_form, redirect_to
from identity.administration.actions import close_facility, reopen_facility
from identity.administration.forms import CLOSING_PREFIX, ClosingForm, ReopeningForm
from identity.administration.routes.facilities import facility_page
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("closings", __name__, url_prefix="/administration/facilities/<uuid:facility_id>")


@blueprint.post("/closing")
@open_to(Role.ADMINISTRATOR)
def create(facility_id: UUID):
    form = ClosingForm(request.form, prefix=CLOSING_PREFIX)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: close_facility(
            session, facility_id, version=form.version.data or 0, reason=form.reason.data or ""
        ),
        done=lambda _closed: redirect_to(
            "identity.facilities.show",
            gettext("The facility takes part no more, and all posts there have ended."),
            facility_id=facility_id,
        ),
        again=lambda refusal: facility_page(facility_id, refusal, closing_form=form),
    )


@blueprint.post("/reopening")
@open_to(Role.ADMINISTRATOR)
def end(facility_id: UUID):
    form = ReopeningForm(request.form, prefix=CLOSING_PREFIX)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: reopen_facility(session, facility_id, version=form.version.data or 0),
        done=lambda _opened: redirect_to(
            "identity.facilities.show",
            gettext("The facility takes part again. Give its people their posts."),
            facility_id=facility_id,
        ),
        again=lambda refusal: facility_page(facility_id, refusal),
    )
