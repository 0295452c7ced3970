"""Referring a patient out of the chart."""

from uuid import UUID

from flask import Blueprint, render_template, request

from dispatch_backend.referrals.actions.referrals import NewReferral, send_referral
from dispatch_backend.services.enumerations import Priority
from dispatch_backend.services.queries import services
from emr.desk.actions import open_patient
from emr.drafts.actions import Typed, drop_draft
from emr.drafts.enumerations import DraftForm
from emr.drafts.forms import typed_fields
from emr.drafts.tickets import seal_ticket
from emr.referrals.forms import ReferralForm
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("referrals", __name__)


@blueprint.post("/patients/<uuid:patient_id>/referrals")
@open_to(Role.DOCTOR)
def create(patient_id: UUID):
    form = _form(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: _sending(session, patient_id, form),
        done=lambda _sent: redirect_to("emr.patients.show", _told(form), patient_id=patient_id),
        again=lambda refusal: _page(patient_id, form, refusal),
    )


def _sending(session, patient_id: UUID, form: ReferralForm) -> UUID:
    draft_id = UUID(form.draft_id.data)
    asked = NewReferral(
        service_code=form.service.data,
        reason=form.reason.data or "",
        diagnosis_code=form.diagnosis_code.data or "",
        priority=Priority(form.priority.data),
        id=draft_id,
    )
    typed = Typed(DraftForm.REFERRAL, typed_fields(request.form), form.draft_version.data or 0)
    drop_draft(session, draft_id, typed)
    return send_referral(session, patient_id, asked).id


def _told(form: ReferralForm) -> str:
    if form.asks_for_bed_now:
        return gettext(
            "The referral is sent. Call a hospital for the bed: the numbers stand with the referral."
        )
    return gettext("The referral is sent. The Dispatching Center looks for a time and place.")


def _form(typed) -> ReferralForm:
    form = ReferralForm(typed)
    with transaction(current_actor()) as session:
        form.offer(services(session))
    return form


def _page(patient_id: UUID, form: ReferralForm, refusal: Refusal | None = None) -> str:
    with transaction(current_actor()) as session:
        patient = open_patient(session, patient_id)
    seal_ticket(form, current_actor(), patient_id, DraftForm.REFERRAL, at=now())
    return render_template(
        "emr/referrals/new.html", patient=patient, form=form, typed=None, sentence=sentence_of(refusal)
    )
