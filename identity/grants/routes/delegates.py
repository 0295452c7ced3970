"""The page on which a citizen sees who may act for them and for whom they may, and offers somebody a right."""

from flask import Blueprint, render_template, request

from foundation.clock import today
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.grants.actions import begin_offer, offer_right, open_delegates
from identity.grants.forms import SCOPE_WORDS, STATE_WORDS, EndRightForm, OfferRightForm
from identity.grants.rules import LONGEST
from identity.roles import Role

blueprint = Blueprint("delegates", __name__)


@blueprint.get("/my/delegates")
@open_to(Role.PATIENT)
def index():
    return delegates_page()


@blueprint.get("/my/delegates/new")
@open_to(Role.PATIENT)
def new():
    return _page(OfferRightForm(), None)


@blueprint.post("/my/delegates")
@open_to(Role.PATIENT)
def create():
    form = OfferRightForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: offer_right(session, form.offer),
        # The same words whether or not there is such a person.
        done=lambda _made: redirect_to(
            "identity.delegates.index",
            gettext(
                "Your offer is kept. If this person signs in here, they will find it on their first page."
            ),
        ),
        again=lambda refusal: _page(form, refusal),
    )


def delegates_page(refusal: Refusal | None = None) -> str:
    """Everybody who acts for whom, told what was refused."""
    with transaction(current_actor()) as session:
        found = open_delegates(session)
    return render_template(
        "identity/grants/delegates/index.html",
        found=found,
        scopes=SCOPE_WORDS,
        states=STATE_WORDS,
        form=EndRightForm(),
        sentence=sentence_of(refusal),
    )


def _page(form: OfferRightForm, refusal: Refusal | None) -> str:
    with transaction(current_actor()) as session:
        begin_offer(session)
    return render_template(
        "identity/grants/delegates/new.html",
        form=form,
        first=today(),
        last=today() + LONGEST,
        sentence=sentence_of(refusal),
    )
