"""One referral, with everything that can be done about it; and what is to be confirmed before a slot is booked."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, flash, render_template, request

from dispatch_backend.console.actions import ReferralView, open_referral
from dispatch_backend.console.forms import (
    BookSlotForm,
    ChosenSlotForm,
    OfferFilterForm,
    RebookForm,
    ReferralPageForm,
    forms_offered,
)
from dispatch_backend.routing.forms import OfferWords
from dispatch_backend.routing.queries.offers import OfferFilter
from dispatch_backend.worklist.routes.queue import queue_left
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from identity.authorization import current_actor, open_to
from identity.roles import DISPATCHING

blueprint = Blueprint("referrals", __name__)


@blueprint.get("/referrals/<uuid:referral_id>")
@open_to(*DISPATCHING, reads=True)
def show(referral_id: UUID):
    if "slot" in request.args and (wanted := OfferFilterForm(request.args).wanted).slot_id:
        return answers_of(referral_id, wanted)
    return page_of(referral_id)


def page_of(
    referral_id: UUID,
    form: ReferralPageForm | None = None,
    refusal: Refusal | None = None,
    *,
    sentence: str = "",
) -> str:
    """The referral's page; with the form that was wrong, or that was refused, and with the sentence of the refusal."""
    asked = OfferFilterForm(request.args)
    with transaction(current_actor()) as session:
        view = open_referral(session, referral_id, wanted=replace(asked.wanted, slot_id=None))
    asked.offer(view.places.values())
    # Whoever tried to book has asked for times already.
    wants_slots = bool(asked.planned.data or sentence or (form and form.name == "book"))
    offered = _offered(view)
    forms = [each() for each in offered if not issubclass(each, ChosenSlotForm)]
    return render_template(
        "dispatch_backend/console/referrals/show.html",
        view=view,
        asked=asked,
        queue=queue_left(),
        words=OfferWords(),
        slots_shown=view.choosing and (wants_slots or not view.hospitals),
        submitted=form,
        sentence=sentence_of(refusal) or sentence,
        offered=[each.name for each in offered],
        **{each.name: _of_now(view, form if form and form.name == each.name else each) for each in forms},
    )


def answers_of(referral_id: UUID, wanted: OfferFilter, form: ReferralPageForm | None = None) -> str:
    """Whom, when and where the slot that was chosen would be booked for, to be looked at before it is."""
    with transaction(current_actor()) as session:
        view = open_referral(session, referral_id, wanted=wanted)
    booking = view.referral.booking
    if booking and booking.slot_id == wanted.slot_id:
        # Back leads here once the slot is booked.
        flash(gettext("This slot is booked for this referral."))
        return page_of(referral_id)
    if wanted.moving and view.bookable:
        return page_of(
            referral_id, form, sentence=gettext("The booking no longer stands: there is nothing to move.")
        )
    if not view.slots:
        return page_of(referral_id, form, sentence=gettext("This slot is no longer free. Choose another."))
    chosen: ChosenSlotForm = BookSlotForm() if view.bookable else RebookForm()
    if isinstance(form, ChosenSlotForm) and form.name == chosen.name:
        chosen = form
    chosen.slot_id.data = str(wanted.slot_id)
    return render_template(
        "dispatch_backend/console/referrals/check.html",
        view=view,
        ranked=view.slots[0],
        kept={**view.kept, **OfferFilterForm(request.args).choices},
        form=_of_now(view, chosen),
        submitted=form,
    )


def _offered(view: ReferralView) -> tuple[type[ReferralPageForm], ...]:
    booking = view.referral.booking
    return tuple(
        forms_offered(
            bookable=view.bookable,
            booking=booking.state if booking and not view.bookable else None,
            begun=view.begun,
            day_has_come=view.day_has_come,
        )
    )


def _of_now(view: ReferralView, form: ReferralPageForm) -> ReferralPageForm:
    form.show_version(view.referral.version)
    return form
