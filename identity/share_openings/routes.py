"""Opening what a citizen shared, and leaving it. Whatever is wrong with a link or its code is answered in the same words."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from foundation.database.transactions import transaction
from foundation.language.translation import gettext
from foundation.web.forms import BaseForm
from identity.authorization import (
    current_actor,
    first_page_of,
    forget_share_cookie,
    open_to,
    public,
    set_share_cookie,
)
from identity.roles import SHARE
from identity.share_openings.forms import OpenShareForm
from identity.shares.actions import leave_share, new_opener, open_share
from identity.signing_in.routes.rate_limits import RateLimit, client_address
from identity.signing_in.routes.sign_outs import CLEARED

blueprint = Blueprint("share_openings", __name__)

# A few doctors of one hospital at once, each of whom mistypes.
TRIES = RateLimit("link opened", 20)


@blueprint.get("/shared")
@public
def new():
    return _page(OpenShareForm())


@blueprint.post("/shared")
@public
def create():
    TRIES.hit(client_address())
    form = OpenShareForm(request.form)
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction(new_opener()) as opening:
        token = open_share(opening, form.key, form.told)
    if not token:
        sentence = gettext(
            "This link and this code open nothing, or nothing any more. Check both, or ask the patient for new ones."
        )
        return _page(form, sentence), HTTPStatus.UNPROCESSABLE_ENTITY
    answer = redirect(first_page_of(SHARE), HTTPStatus.SEE_OTHER)
    session.clear()
    set_share_cookie(answer, token)
    return answer


@blueprint.post("/shared/end")
@open_to(SHARE)
def end() -> ResponseReturnValue:
    if not BaseForm(request.form).validate():
        return redirect(first_page_of(SHARE), HTTPStatus.SEE_OTHER)
    with transaction(current_actor()) as looking:
        leave_share(looking)
    answer = redirect(url_for(".new"), HTTPStatus.SEE_OTHER)
    session.clear()
    forget_share_cookie(answer)
    answer.headers["Clear-Site-Data"] = CLEARED
    flash(gettext("You have left the record. To see it again, open the link again."))
    return answer


def _page(form: OpenShareForm, sentence: str = "") -> str:
    return render_template(
        "identity/share_openings/new.html",
        form=form,
        sentence=sentence,
        ended=request.args.get("why") == "ended",
    )
