"""Looking a member of staff up. Whose name was typed stands sealed in the address of what was found."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for

from foundation.database.transactions import transaction
from foundation.errors import NotFound
from foundation.web.sealed_searches import sealed_search, search_in
from identity.administration.forms import StaffSearchForm
from identity.administration.queries import staff_like
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("staff_searches", __name__, url_prefix="/administration/searches")
PAGE = "identity/administration/searches/show.html"


@blueprint.post("")
@open_to(Role.ADMINISTRATOR)
def create():
    form = StaffSearchForm(request.form)
    if not form.validate():
        return render_template(PAGE, form=form, found=None), HTTPStatus.UNPROCESSABLE_ENTITY
    address = url_for(".show", sealed=sealed_search(form.words.data or "", current_actor()))
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.get("/<sealed>")
@open_to(Role.ADMINISTRATOR)
def show(sealed: str):
    words = search_in(sealed, current_actor())
    if words is None:
        raise NotFound("Record not found.")
    with transaction(current_actor()) as session:
        found = staff_like(session, words)
    return render_template(PAGE, form=StaffSearchForm(data={"words": words}), found=found)
