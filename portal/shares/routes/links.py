"""The links that a citizen gave: the list, a new one in three steps, and the press that takes one back.

The page that answers the last step is the only place where link and code ever stand.
"""

from http import HTTPStatus
from uuid import UUID

import segno
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from emr.entries.enumerations import KIND_WORDS
from foundation.clock import today
from foundation.database.transactions import ActorSession, transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.current_settings import current_settings
from foundation.web.form_submission import answer_form, redirect_to
from identity.authorization import current_actor, open_to
from identity.roles import Role
from identity.shares.actions import ShareKey, make_share, revoke_share
from identity.shares.enumerations import LONGEST, NewShare
from portal.shares.actions import open_links, study_to_share
from portal.shares.forms import STATE_WORDS, RevokeShareForm, ShareForm, Step

blueprint = Blueprint("links", __name__)


@blueprint.get("/my/shares")
@open_to(Role.PATIENT, whole=True)
def index():
    return _list()


@blueprint.get("/my/shares/new")
@open_to(Role.PATIENT, whole=True)
def new():
    return _page(ShareForm())


@blueprint.get("/my/images/<study_uid>/share")
@open_to(Role.PATIENT, whole=True)
def new_of_study(study_uid: str):
    form = ShareForm()
    form.study_uid.data = study_uid
    return _page(form)


@blueprint.post("/my/shares")
@open_to(Role.PATIENT, whole=True)
def create():
    form, step = ShareForm(request.form), request.form.get("step", Step.CHECK)
    if step != Step.MAKE:
        if not form.validate():
            return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(form) if step == Step.CHANGE else _page(form, step="check")
    made: list[tuple[NewShare, ShareKey]] = []

    def make(session: ActorSession) -> UUID:
        study_to_share(session, form.new.study_uid)
        share_id, key = make_share(session, form.new)
        made.append((form.new, key))
        return share_id

    return answer_form(
        form,
        actor=current_actor(),
        act=make,
        done=lambda _share_id: _shown(made),
        again=lambda refusal: _page(form, refusal),
    )


@blueprint.post("/my/shares/<uuid:share_id>/revocation")
@open_to(Role.PATIENT, whole=True)
def revoke(share_id: UUID):
    return answer_form(
        RevokeShareForm(request.form),
        actor=current_actor(),
        act=lambda session: revoke_share(session, share_id),
        done=lambda _id: redirect_to(
            ".index", gettext("The link opens nothing any more, from this moment on.")
        ),
        again=_list,
    )


def _shown(made: list[tuple[NewShare, ShareKey]]) -> ResponseReturnValue:
    if not made:
        sentence = gettext(
            "This link was shown already and is kept nowhere. Take it back and make a new one if you did not note it down."
        )
        return redirect_to(".index", sentence)
    new, key = made[0]
    link = f"{current_settings().public_url}{url_for('identity.share_openings.new')}#{key.token}"
    drawn = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=4, light="#fff")
    return render_template("portal/shares/links/made.html", new=new, key=key, link=link, drawn=drawn)


def _list(refusal: Refusal | None = None) -> str:
    with transaction(current_actor()) as session:
        links = open_links(session)
    return render_template(
        "portal/shares/links/index.html",
        links=links,
        states=STATE_WORDS,
        kind_texts=KIND_WORDS,
        form=RevokeShareForm(),
        sentence=sentence_of(refusal),
    )


def _page(form: ShareForm, refusal: Refusal | None = None, *, step: str = "new") -> str:
    with transaction(current_actor()) as session:
        study = study_to_share(session, form.study_uid.data or "")
    return render_template(
        f"portal/shares/links/{step}.html",
        form=form,
        study=study,
        first=today(),
        last=today() + LONGEST,
        sentence=sentence_of(refusal),
    )
