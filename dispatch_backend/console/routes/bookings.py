"""Booking a slot for a referral."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.console.forms import BookSlotForm, OfferFilterForm
from dispatch_backend.console.routes.form_submission import answer_referral_form, referral_page
from dispatch_backend.routing.actions.decisions import book_as_ranked
from foundation.language.translation import gettext
from identity.authorization import open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("bookings", __name__)


@blueprint.post("/referrals/<uuid:referral_id>/booking")
@open_to(*DISPATCHING)
def create(referral_id: UUID):
    form = BookSlotForm(request.form)
    return answer_referral_form(
        form,
        act=lambda session: (
            book_as_ranked(
                session,
                referral_id,
                slot_id=UUID(form.slot_id.data),
                version=form.version.data,
                wanted=replace(OfferFilterForm(request.args).wanted, slot_id=None),
            ).referral_id
        ),
        message=gettext("The slot is booked."),
        page=referral_page(referral_id),
    )
