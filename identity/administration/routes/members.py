"""A member of staff: entered, called otherwise, and the posts that they hold, held or will hold."""

from uuid import UUID

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import Refusal
from foundation.language.translation import gettext, sentence_of
from foundation.web.form_submission import answer_form, redirect_to
from identity.administration.actions import change_member, enter_member
from identity.administration.forms import CHANGE_PREFIX, MemberChangeForm, MemberForm, PostForm
from identity.administration.queries import member_with_posts
from identity.authorization import current_actor, open_to
from identity.roles import ROLE_NAMES, Role

blueprint = Blueprint("members", __name__, url_prefix="/administration/staff")


@blueprint.get("/new")
@open_to(Role.ADMINISTRATOR)
def new():
    return _new_page(MemberForm(), None)


@blueprint.post("")
@open_to(Role.ADMINISTRATOR)
def create():
    form = MemberForm(request.form)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: enter_member(session, form.told),
        done=lambda member_id: redirect_to(
            "identity.members.show", gettext("Entered. Now give them a post."), member_id=member_id
        ),
        again=lambda refusal: _new_page(form, refusal),
    )


@blueprint.get("/<uuid:member_id>")
@open_to(Role.ADMINISTRATOR)
def show(member_id: UUID):
    return member_page(member_id)


@blueprint.post("/<uuid:member_id>")
@open_to(Role.ADMINISTRATOR)
def change(member_id: UUID):
    form = MemberChangeForm(request.form, prefix=CHANGE_PREFIX)
    return answer_form(
        form,
        actor=current_actor(),
        act=lambda session: change_member(session, member_id, version=form.version.data or 0, told=form.told),
        done=lambda _changed: redirect_to("identity.members.show", gettext("Saved."), member_id=member_id),
        again=lambda refusal: member_page(member_id, refusal, change_form=form),
    )


def member_page(
    member_id: UUID,
    refusal: Refusal | None = None,
    *,
    post_form: PostForm | None = None,
    change_form: MemberChangeForm | None = None,
) -> str:
    """The page of a member of staff, with what was typed. Raises NotFound."""
    with transaction(current_actor()) as session:
        opened = member_with_posts(session, member_id)
    form = post_form or PostForm()
    form.offer((each.id, f"{each.name} ({each.code})") for each in opened.facilities)
    return render_template(
        "identity/administration/members/show.html",
        opened=opened,
        own=member_id == current_actor().staff_id,
        form=form,
        change_form=change_form or MemberChangeForm.of(opened.member, prefix=CHANGE_PREFIX),
        wrong=change_form or form,
        role_names=ROLE_NAMES,
        sentence=sentence_of(refusal),
    )


def _new_page(form: MemberForm, refusal: Refusal | None) -> str:
    return render_template(
        "identity/administration/members/new.html", form=form, sentence=sentence_of(refusal)
    )
