"""Who was just proven types the one-time code that reception gave them; then they sign in again, and their record opens."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for

from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import BadInput, RuleBroken
from foundation.language.translation import gettext, sentence_of
from identity.authorization import public
from identity.confirmations.actions import use_code
from identity.confirmations.rules import OneTimeCode
from identity.record_requests.forms import CODE_PREFIX, EnterCodeForm
from identity.record_requests.routes.requests import proven_actor
from identity.record_requests.rules import ProvenPerson
from identity.record_requests.tickets import opened_from_page

blueprint = Blueprint("code_entries", __name__)


@blueprint.post("/record-requests/code")
@public
def create():
    form = EnterCodeForm(request.form, prefix=CODE_PREFIX)
    person = opened_from_page(form.proven.data or "", at=now())
    if person is None:
        raise BadInput("This page was open for too long. Sign in again, then type the code.")
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        linked = _use(person, form.code.data or "")
    except RuleBroken as refusal:
        return _page(form, sentence_of(refusal)), refusal.status
    if not linked:
        form.code.errors = [
            gettext("This code is not right, or it is over. Compare it with the slip, or ask for a new one.")
        ]
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for(".show"), HTTPStatus.SEE_OTHER)


@blueprint.get("/record-requests/linked")
@public
def show():
    return render_template("identity/record_requests/codes/show.html")


def _page(form: EnterCodeForm, sentence: str = "") -> str:
    return render_template("identity/record_requests/codes/new.html", code_form=form, sentence=sentence)


def _use(person: ProvenPerson, typed: str) -> bool:
    actor = proven_actor(person)
    with transaction(actor) as session:
        return use_code(session, OneTimeCode.typed(typed))
