"""A facility: entered, told of otherwise, and who holds a post there."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.administration.actions import change_facility, enter_facility
from identity.administration.forms import (
    CLOSING_PREFIX,
    ClosingForm,
    FacilityChangeForm,
    FacilityForm,
    ReopeningForm,
)
from identity.administration.queries import facility_with_posts
from identity.authorization import current_actor, open_to
from identity.facilities.enumerations import CENTER_CODE
from identity.roles import ROLE_NAMES, Role

blueprint = Blueprint("facilities", __name__, url_prefix="/administration/facilities")


@blueprint.get("/new")
@open_to(Role.ADMINISTRATOR)
def new():
    return _new_page(FacilityForm(), None)


@blueprint.post("")
@open_to(Role.ADMINISTRATOR)
def create():
    form = FacilityForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: enter_facility(session, form.told),
        done=lambda facility_id: redirect_to(
            "identity.facilities.show",
            gettext("The facility is entered. Its people are given posts on their own pages."),
            facility_id=facility_id,
        ),
        again=lambda refusal: _new_page(form, refusal),
    )


@blueprint.get("/<uuid:facility_id>")
@open_to(Role.ADMINISTRATOR)
def show(facility_id: UUID):
    return facility_page(facility_id)


@blueprint.post("/<uuid:facility_id>")
@open_to(Role.ADMINISTRATOR)
def change(facility_id: UUID):
    form = FacilityChangeForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: change_facility(
            session, facility_id, version=form.version.data or 0, told=form.told
        ),
        done=lambda _changed: redirect_to(
            "identity.facilities.show", gettext("Saved."), facility_id=facility_id
        ),
        again=lambda refusal: facility_page(facility_id, refusal, form=form),
    )


def facility_page(
    facility_id: UUID,
    refusal: Refusal | None = None,
    *,
    form: FacilityChangeForm | None = None,
    closing_form: ClosingForm | None = None,
) -> str:
    """The page of a facility, with what was typed. Raises NotFound."""
    with transaction(current_actor()) as session:
        opened = facility_with_posts(session, facility_id)
    version = {"version": opened.facility.version}
    shown = form or FacilityChangeForm.of(opened.facility)
    return render_template(
        "identity/administration/facilities/show.html",
        opened=opened,
        is_center=opened.facility.code == CENTER_CODE,
        form=shown,
        closing_form=closing_form or ClosingForm(data=version, prefix=CLOSING_PREFIX),
        reopening_form=ReopeningForm(data=version, prefix=CLOSING_PREFIX),
        wrong=closing_form or shown,
        role_names=ROLE_NAMES,
        sentence=sentence_of(refusal),
    )


def _new_page(form: FacilityForm, refusal: Refusal | None) -> str:
    return render_template(
        "identity/administration/facilities/new.html", form=form, sentence=sentence_of(refusal)
    )
