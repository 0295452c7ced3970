"""A patient's death at the registrar's desk: recorded, or undone."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.deaths.actions import open_deaths, record_death, undo_death
from identity.deaths.enumerations import UndoingReason
from identity.deaths.forms import DOCUMENT_WORDS, UNDO_PREFIX, UNDOING_WORDS, RecordDeathForm, UndoDeathForm
from identity.roles import Role

blueprint = Blueprint("deaths", __name__, url_prefix="/registry/patients/<uuid:patient_id>/death")


@blueprint.get("")
@open_to(Role.REGISTRAR)
def show(patient_id: UUID):
    return _page(patient_id, None)


@blueprint.post("")
@open_to(Role.REGISTRAR)
def create(patient_id: UUID):
    form = RecordDeathForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: record_death(session, patient_id, died_on=form.day, seen=form.seen),
        done=lambda _patient_id: redirect_to(
            ".show",
            gettext("The death is recorded. What was booked is cancelled within a minute."),
            patient_id=patient_id,
        ),
        again=lambda refusal: _page(patient_id, refusal, form=form),
    )


@blueprint.post("/undoing")
@open_to(Role.REGISTRAR)
def undo(patient_id: UUID):
    form = UndoDeathForm(request.form, prefix=UNDO_PREFIX)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: undo_death(
            session, patient_id, UUID(form.death.data), reason=UndoingReason(form.reason.data)
        ),
        done=lambda _patient_id: redirect_to(
            ".show", gettext("Undone. The person can sign in again."), patient_id=patient_id
        ),
        again=lambda refusal: _page(patient_id, refusal, undo_form=form),
    )


def _page(
    patient_id: UUID,
    refusal: Refusal | None,
    *,
    form: RecordDeathForm | None = None,
    undo_form: UndoDeathForm | None = None,
) -> str:
    with transaction(current_actor()) as session:
        opened = open_deaths(session, patient_id)
    recording, undoing = form or RecordDeathForm(), undo_form or UndoDeathForm(prefix=UNDO_PREFIX)
    if opened.standing:
        undoing.death.data = str(opened.standing.id)
    return render_template(
        "identity/deaths/deaths/show.html",
        opened=opened,
        form=recording,
        undo_form=undoing,
        wrong=undo_form or recording,
        documents=DOCUMENT_WORDS,
        undoings=UNDOING_WORDS,
        sentence=sentence_of(refusal),
    )
