"""A member of staff with several posts chooses the one to work at now; the session begins anew with it."""

from dataclasses import replace
from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import Blueprint, redirect, render_template, request

from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.idempotency import once
from foundation.identifiers import new_id
from foundation.web.own_addresses import own_address
from identity.authorization import current_actor, open_to_staff
from identity.sessions.actions.sessions import replace_session
from identity.sessions.queries.provider_sessions import own_provider_session
from identity.sessions.rules.browsers import browser_named
from identity.signing_in.forms import ChoosePostForm
from identity.signing_in.routes.sign_in_sides import STAFF_SIDE, page_after_sign_in
from identity.staff.queries import Post, posts_of

blueprint = Blueprint("posts", __name__, url_prefix="/staff")


@blueprint.get("/post")
@open_to_staff
def new():
    form = ChoosePostForm.of(_own_posts())
    form.asked_for.data = own_address(request.args.get("asked_for", ""), otherwise="")
    return render_template("identity/signing_in/posts/new.html", form=form)


@blueprint.post("/post")
@open_to_staff
def create():
    posts = _own_posts()
    form = ChoosePostForm.of(posts, request.form)
    if not form.validate():
        return render_template(
            "identity/signing_in/posts/new.html", form=form
        ), HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = next(post for post in posts if str(post.id) == form.post.data)
    token = _work_at(chosen, key=form.idempotency_key.data or "")
    page = page_after_sign_in(chosen.role.value, form.asked_for.data or "")
    answer = redirect(page, HTTPStatus.SEE_OTHER)
    if token:
        STAFF_SIDE.set_session(answer, token)
    return answer


def _work_at(chosen: Post, *, key: str) -> str:
    """The token of a session at the post; empty where this form was sent before, as tokens are kept nowhere."""
    before, session_id = current_actor(), new_id()
    actor = replace(before, facility_id=chosen.facility_id, role=chosen.role.value, session_id=session_id)
    tokens, browser = [], browser_named(request.user_agent.string)

    def begin() -> UUID:
        former = cast(UUID, before.session_id)  # the guard knows that somebody is signed in
        tokens.append(replace_session(session, former, at_provider=at_provider, browser=browser))
        return session_id

    with transaction(before) as session:
        at_provider = own_provider_session(session)
    with transaction(actor) as session:
        once(session, key=key, body={"post": chosen.id}, act=begin)
    return tokens[0] if tokens else ""


def _own_posts() -> list[Post]:
    with transaction(current_actor()) as session:
        return posts_of(session, session.actor.staff_id, at=now())  # type: ignore[arg-type]  # the guard knows that it is set
