"""A patient's guardians at the registrar's desk: who it is by which paper, entering one, and ending it."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.guardians.actions import end_guardian, enter_guardian, open_guardians
from identity.guardians.enumerations import GuardianEndReason
from identity.guardians.forms import (
    BASIS_WORDS,
    END_PREFIX,
    PAPER_WORDS,
    EndGuardianForm,
    EnterGuardianForm,
)
from identity.roles import Role

blueprint = Blueprint("guardians", __name__, url_prefix="/registry/patients/<uuid:patient_id>")


@blueprint.get("/guardians")
@open_to(Role.REGISTRAR)
def index(patient_id: UUID):
    return _page(patient_id, None)


@blueprint.post("/guardians")
@open_to(Role.REGISTRAR)
def create(patient_id: UUID):
    form = EnterGuardianForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: enter_guardian(session, patient_id, snils=form.guardian, paper=form.paper),
        done=lambda _made: redirect_to(
            "identity.guardians.index",
            gettext("The guardian is entered. Both people are told."),
            patient_id=patient_id,
        ),
        again=lambda refusal: _page(patient_id, refusal, form=form),
    )


@blueprint.post("/guardian-end")
@open_to(Role.REGISTRAR)
def end(patient_id: UUID):
    form = EndGuardianForm(request.form, prefix=END_PREFIX)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: end_guardian(
            session, patient_id, UUID(form.guardianship.data), reason=GuardianEndReason(form.reason.data)
        ),
        done=lambda _ended: redirect_to(
            "identity.guardians.index",
            gettext("This person is guardian no more. Both people are told."),
            patient_id=patient_id,
        ),
        again=lambda refusal: _page(patient_id, refusal, end_form=form),
    )


def _page(
    patient_id: UUID,
    refusal: Refusal | None,
    *,
    form: EnterGuardianForm | None = None,
    end_form: EndGuardianForm | None = None,
) -> str:
    with transaction(current_actor()) as session:
        found = open_guardians(session, patient_id)
    ending = end_form or EndGuardianForm(prefix=END_PREFIX)
    ending.offer(
        (each.id, f"{PAPER_WORDS[each.document_kind]} {each.number}, {each.issuer}") for each in found.living
    )
    entering = form or EnterGuardianForm()
    return render_template(
        "identity/guardians/index.html",
        found=found,
        living={each.id for each in found.living},
        form=entering,
        end_form=ending,
        wrong=end_form or entering,
        papers=PAPER_WORDS,
        bases=BASIS_WORDS,
        sentence=sentence_of(refusal),
    )
