"""Booking a slot for a referral."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for

from dispatch_backend.actions import book_slot
from dispatch_backend.forms import BookSlotForm
from dispatch_backend.routes.referrals import page_of
from foundation.database import transaction
from foundation.errors import RuleBroken, Stale
from foundation.idempotency import once
from foundation.language import gettext
from identity.guards import current_actor, open_to
from identity.rules.roles import Role

blueprint = Blueprint("bookings", __name__)


@blueprint.post("/referrals/<uuid:referral_id>/booking")
@open_to(Role.DISPATCHER)
def create(referral_id: UUID):
    form, dispatcher = BookSlotForm(request.form), current_actor()
    if not form.validate():
        return page_of(referral_id, form=form)
    slot_id, version = UUID(form.slot_id.data), form.version.data
    try:
        with transaction(dispatcher) as session:
            once(
                session,
                key=form.idempotency_key.data or "",
                body={"referral": referral_id, "slot": slot_id},
                act=lambda: (
                    book_slot(
                        session, referral_id, slot_id=slot_id, dispatcher=dispatcher, version=version
                    ).id
                ),
            )
    except (RuleBroken, Stale) as refusal:
        return page_of(referral_id, refusal=refusal)
    flash(gettext("The slot is booked."))
    return redirect(url_for("dispatch.referrals.show", referral_id=referral_id), 303)
