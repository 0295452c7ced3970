"""One referral, with everything that can be done about it."""

from uuid import UUID

from flask import Blueprint, render_template

from dispatch_backend.console.actions import open_referral
from dispatch_backend.console.forms import ReferralPageForm, forms_offered
from dispatch_backend.referrals.enumerations import State
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import sentence_of
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("referrals", __name__)


@blueprint.get("/referrals/<uuid:referral_id>")
@open_to(Role.DISPATCHER)
def show(referral_id: UUID):
    return page_of(referral_id)


def page_of(referral_id: UUID, form: ReferralPageForm | None = None, refusal: Refusal | None = None) -> str:
    """The referral's page; with the form that was wrong, or that was refused, and with the sentence of the refusal."""
    with transaction(current_actor()) as session:
        view = open_referral(session, referral_id)
    booked = view.referral.booking is not None and view.referral.state is State.BOOKED
    forms: dict[str, ReferralPageForm] = {
        each.name: each() for each in forms_offered(bookable=view.bookable, booked=booked)
    }
    if form is not None and form.name in forms:
        forms[form.name] = form
    for each in forms.values():
        each.show_version(view.referral.version)
    return render_template(
        "dispatch_backend/console/referrals/show.html",
        view=view,
        submitted=form,
        sentence=sentence_of(refusal),
        offered=list(forms),
        **forms,
    )
