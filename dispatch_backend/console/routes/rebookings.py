"""Moving a booking to another slot."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, request

from dispatch_backend.bookings.queries.bookings import referral_of_booking
from dispatch_backend.console.forms import OfferFilterForm, RebookForm, ReferralPageForm
from dispatch_backend.console.routes.form_submission import answer_referral_form, booked_page
from dispatch_backend.console.routes.referrals import answers_of
from dispatch_backend.routing.actions.decisions import rebook_as_ranked
from dispatch_backend.routing.queries.offers import OfferFilter
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext
from identity.authorization import current_actor, open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("rebookings", __name__)


@blueprint.post("/bookings/<uuid:booking_id>/rebooking")
@open_to(*DISPATCHING)
def create(booking_id: UUID):
    form = RebookForm(request.form)
    return answer_referral_form(
        form,
        act=lambda session: (
            rebook_as_ranked(
                session,
                booking_id,
                slot_id=UUID(form.slot_id.data),
                reason=form.reason.data or "",
                version=form.version.data,
                wanted=replace(OfferFilterForm(request.args).wanted, slot_id=None, moving=True),
            ).referral_id
        ),
        message=gettext("The booking is moved; the former slot is free again."),
        page=lambda submitted, refusal: _again(booking_id, submitted, refusal),
    )


def _again(booking_id: UUID, form: ReferralPageForm, refusal: Refusal | None) -> str:
    """A form with a mistake keeps the slot that was chosen; a refusal shows the referral as it is now."""
    if refusal is not None or form["slot_id"].errors:
        return booked_page(booking_id)(form, refusal)
    with transaction(current_actor()) as session:
        referral_id = referral_of_booking(session, booking_id)
    return answers_of(referral_id, OfferFilter(slot_id=UUID(form["slot_id"].data), moving=True), form)
