"""A post: given, and ended at once or with a day. Everybody who changed it is told on its page."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.clock import today
from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.administration.actions import PostAsked, change_post_end, give_post
from identity.administration.forms import PostEndForm, PostForm
from identity.administration.queries import post_with_changes
from identity.administration.routes.members import member_page
from identity.authorization import current_actor, open_to
from identity.roles import ROLE_NAMES, Role

blueprint = Blueprint("staff_posts", __name__, url_prefix="/administration")


@blueprint.post("/staff/<uuid:member_id>/posts")
@open_to(Role.ADMINISTRATOR)
def create(member_id: UUID):
    form = PostForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: give_post(session, member_id, _asked(form)),
        done=lambda _given: redirect_to(
            "identity.members.show", gettext("The post is given."), member_id=member_id
        ),
        again=lambda refusal: member_page(member_id, refusal, post_form=form),
    )


@blueprint.get("/posts/<uuid:post_id>")
@open_to(Role.ADMINISTRATOR)
def show(post_id: UUID):
    return _page(post_id)


@blueprint.post("/posts/<uuid:post_id>")
@open_to(Role.ADMINISTRATOR)
def end(post_id: UUID):
    form = PostEndForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: change_post_end(
            session,
            post_id,
            version=form.version.data or 0,
            last_day=form.last_day.data,
            reason=form.reason.data or "",
        ),
        done=lambda _ended: redirect_to(
            "identity.staff_posts.show", gettext("The end of the post is changed."), post_id=post_id
        ),
        again=lambda refusal: _page(post_id, form, refusal),
    )


def _asked(form: PostForm) -> PostAsked:
    return PostAsked(
        facility_id=UUID(form.facility.data),
        role=Role(form.role.data),
        first_day=form.first_day.data or today(),
        last_day=form.last_day.data,
        reason=form.reason.data or "",
    )


def _page(post_id: UUID, form: PostEndForm | None = None, refusal: Refusal | None = None) -> str:
    with transaction(current_actor()) as session:
        opened = post_with_changes(session, post_id)
    return render_template(
        "identity/administration/posts/show.html",
        opened=opened,
        own=opened.post.staff_id == current_actor().staff_id,
        form=form or PostEndForm(data={"version": opened.post.version}),
        role_names=ROLE_NAMES,
        sentence=sentence_of(refusal),
    )
