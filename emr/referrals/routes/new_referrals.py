"""The form of a referral: opened with an identity of its own, so that Back and a second Send make no second one."""

from uuid import UUID

from flask import Blueprint, render_template
from werkzeug.datastructures import MultiDict

from dispatch_backend.services.enumerations import Priority
from dispatch_backend.services.queries import services
from emr.drafts.enumerations import DraftForm
from emr.drafts.tickets import seal_ticket
from emr.referrals.actions import open_new_referral
from emr.referrals.forms import ReferralForm
from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.identifiers import new_id
from foundation.language.translation import gettext
from foundation.web.form_submission import redirect_to
from identity.authorization import current_actor, open_to
from identity.patients.queries.patients import patient_card
from identity.roles import Role

blueprint = Blueprint("new_referrals", __name__)


@blueprint.get("/patients/<uuid:patient_id>/referrals/new")
@open_to(Role.DOCTOR)
def new(patient_id: UUID):
    with transaction(current_actor()) as session:
        patient_card(session, patient_id)
    return redirect_to("emr.new_referrals.edit", patient_id=patient_id, draft_id=new_id())


@blueprint.get("/patients/<uuid:patient_id>/referrals/new/<uuid:draft_id>")
@open_to(Role.DOCTOR)
def edit(patient_id: UUID, draft_id: UUID):
    with transaction(current_actor()) as session:
        opened, offered = open_new_referral(session, patient_id, draft_id), services(session)
    if opened.sent:
        message = gettext("This referral is sent already.")
        return redirect_to("emr.patients.show", message, patient_id=patient_id)
    draft = opened.draft
    form = ReferralForm(
        MultiDict(draft.content) if draft else None, draft_id=str(draft_id), priority=Priority.PLANNED.value
    )
    if draft:
        form.draft_version.process_data(draft.line.version)
    form.offer(offered)
    seal_ticket(form, current_actor(), patient_id, DraftForm.REFERRAL, at=now())
    return render_template(
        "emr/referrals/new.html", patient=opened.patient, form=form, typed=draft, sentence=""
    )
