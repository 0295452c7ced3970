"""The page on which a person sees which clinics see their record, closes it to one, and opens it again."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.closures.actions import close_record, lift_closure, open_closures
from identity.closures.forms import STATE_WORDS, WHY_WORDS, ClosureForm
from identity.legal_openings.forms import OPENED_WORDS
from identity.roles import ROLE_NAMES, Role

blueprint = Blueprint("closures", __name__)


@blueprint.get("/my/closures")
@open_to(Role.PATIENT, whole=True)
def index():
    return _page(ClosureForm(), None)


@blueprint.post("/my/closures/<uuid:facility_id>")
@open_to(Role.PATIENT, whole=True)
def create(facility_id: UUID):
    form = ClosureForm(request.form)
    message = gettext("Closed. Nobody at this clinic sees your record from now on, but in an emergency.")
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: close_record(session, facility_id),
        done=lambda _id: redirect_to("identity.closures.index", message),
        again=lambda refusal: _page(form, refusal),
    )


@blueprint.post("/my/closures/<uuid:facility_id>/lift")
@open_to(Role.PATIENT, whole=True)
def lift(facility_id: UUID):
    form = ClosureForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: lift_closure(session, facility_id),
        done=lambda _id: redirect_to(
            "identity.closures.index",
            gettext(
                "Open again. The hospital sees the record, unless its right to has ended by itself meanwhile."
            ),
        ),
        again=lambda refusal: _page(form, refusal),
    )


def _page(form: ClosureForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        found = open_closures(session)
    return render_template(
        "identity/closures/closures/index.html",
        found=found,
        states=STATE_WORDS,
        reasons=WHY_WORDS,
        roles=ROLE_NAMES,
        things=OPENED_WORDS,
        form=form,
        sentence=sentence_of(refusal),
    )
