"""The console, and one referral."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, render_template

from dispatch_backend.actions import open_referral
from dispatch_backend.forms import BookSlotForm, CancelBookingForm, OutcomeForm, RevokeReferralForm
from dispatch_backend.routes.queue import opened_queue
from foundation.database import transaction
from foundation.errors import Refusal
from foundation.language import gettext
from foundation.web import current_settings
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("referrals", __name__)


@blueprint.get("")
@open_to(Role.DISPATCHER)
def index():
    opened, form = opened_queue()
    return render_template(
        "dispatch/referrals/index.html",
        opened=opened,
        form=form,
        events=f"{current_settings().events_url}/dispatch/events",
    )


@blueprint.get("/referrals/<uuid:referral_id>")
@open_to(Role.DISPATCHER)
def show(referral_id: UUID):
    return page_of(referral_id)


def page_of(referral_id: UUID, *, form=None, refusal: Refusal | None = None):
    """The referral's page; after a refusal with its sentence, after a wrong form with that form."""
    with transaction(current_actor()) as session:
        opened = open_referral(session, referral_id)
    forms = {
        "book": BookSlotForm(version=opened.referral.version),
        "cancel": CancelBookingForm(),
        "outcome": OutcomeForm(),
        "revoke": RevokeReferralForm(),
    }
    if form is not None:
        forms[form.prefix.rstrip("-")] = form
    return render_template(
        "dispatch/referrals/show.html",
        opened=opened,
        wrong=form,
        sentence=gettext(refusal.sentence, **refusal.values) if refusal else "",
        **forms,
    ), status_of(form, refusal)


def status_of(form, refusal: Refusal | None) -> int:
    if refusal is not None:
        return refusal.status
    return HTTPStatus.OK if form is None else HTTPStatus.UNPROCESSABLE_ENTITY
