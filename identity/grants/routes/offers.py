"""Somebody was offered to act for another, reads what for, and accepts or declines."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.grants.actions import accept_offer, decline_offer, open_offer, who_accepts
from identity.grants.forms import SCOPE_WORDS, STATE_WORDS, AnswerOfferForm
from identity.roles import Role
from identity.signing_in.routes.sign_in_sides import first_page_of

blueprint = Blueprint("offers", __name__)


@blueprint.get("/my/offers/<uuid:offer_id>")
@open_to(Role.PATIENT)
def show(offer_id: UUID):
    return _page(offer_id, AnswerOfferForm(), None)


@blueprint.post("/my/offers/<uuid:offer_id>")
@open_to(Role.PATIENT)
def create(offer_id: UUID):
    form = AnswerOfferForm(request.form)
    with transaction(current_actor()) as session:
        offer = open_offer(session, offer_id)
        acting = who_accepts(session, offer)
    if not form.accepted:
        return answer_form(
            form,
            actor=current_actor(),
            act=lambda session: decline_offer(session, offer),
            done=lambda _id: redirect_to("identity.delegates.index", gettext("You declined the offer.")),
            again=lambda refusal: _page(offer_id, form, refusal),
        )
    return answer_form(
        form,
        actor=acting,
        act=lambda session: accept_offer(session, offer),
        done=_to_first_page,
        again=lambda refusal: _page(offer_id, form, refusal),
    )


def _to_first_page(_accepted: UUID) -> ResponseReturnValue:
    flash(gettext("You may act for this person now. Their record opens from this page."))
    return redirect(first_page_of(Role.PATIENT), HTTPStatus.SEE_OTHER)


def _page(offer_id: UUID, form: AnswerOfferForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        offer = open_offer(session, offer_id)
    return render_template(
        "identity/grants/offers/show.html",
        offer=offer,
        scopes=SCOPE_WORDS,
        states=STATE_WORDS,
        form=form,
        sentence=sentence_of(refusal),
    )
