"""One referral, with everything that can be done about it; and what is to be confirmed before a slot is booked."""

from dataclasses import replace
from uuid import UUID

from flask import Blueprint, render_template, request

from dispatch_backend.console.actions import ReferralView, open_referral
from dispatch_backend.console.forms import OfferFilterForm, ReferralPageForm, forms_offered
from dispatch_backend.referrals.enumerations import State
from dispatch_backend.routing.queries import OfferFilter
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("referrals", __name__)


@blueprint.get("/referrals/<uuid:referral_id>")
@open_to(Role.DISPATCHER)
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
    forms = _forms(view, form)
    return render_template(
        "dispatch_backend/console/referrals/show.html",
        view=view,
        asked=asked,
        slots_shown=view.choosing and (wants_slots or not view.hospitals),
        submitted=form,
        sentence=sentence_of(refusal) or sentence,
        offered=list(forms),
        **forms,
    )


def answers_of(referral_id: UUID, wanted: OfferFilter, form: ReferralPageForm | None = None) -> str:
    """Whom, when and where the slot that was chosen would be booked for, to be looked at before it is."""
    with transaction(current_actor()) as session:
        view = open_referral(session, referral_id, wanted=wanted)
    if not view.slots:
        return page_of(referral_id, form, sentence=gettext("This slot is no longer free. Choose another."))
    forms = _forms(view, form)
    chosen = forms["book" if view.bookable else "move"]
    chosen["slot_id"].data = str(wanted.slot_id)
    return render_template(
        "dispatch_backend/console/referrals/check.html",
        view=view,
        ranked=view.slots[0],
        form=chosen,
        submitted=form,
    )


def _forms(view: ReferralView, form: ReferralPageForm | None) -> dict[str, ReferralPageForm]:
    """The forms that the page offers, by their names, among them the one that was sent."""
    booked = view.referral.booking is not None and view.referral.state is State.BOOKED
    forms: dict[str, ReferralPageForm] = {
        each.name: each() for each in forms_offered(bookable=view.bookable, booked=booked)
    }
    if form is not None and form.name in forms:
        forms[form.name] = form
    for each in forms.values():
        each.show_version(view.referral.version)
    return forms
