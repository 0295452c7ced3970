"""Looking somebody up. Who is asked for comes by POST and stands sealed in the address of what was found."""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for

from foundation.database.transactions import transaction
from foundation.web.sealed_searches import sealed_search, search_in
from identity.authorization import current_actor, open_to
from identity.registry.actions import look_up_identity
from identity.registry.forms import IdentityForm, read_identity, written_identity
from identity.roles import Role

blueprint = Blueprint("registry_searches", __name__, url_prefix="/registry")


@blueprint.post("/searches")
@open_to(Role.REGISTRAR)
def create():
    form = IdentityForm(request.form)
    if not form.validate():
        page = render_template("identity/registry/searches/show.html", form=form, found=None)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    address = url_for(".show", sealed=sealed_search(written_identity(form.asked), current_actor()))
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.get("/searches/<sealed>")
@open_to(Role.REGISTRAR)
def show(sealed: str):
    asked = read_identity(search_in(sealed, current_actor()))
    with transaction(current_actor()) as session:
        found = look_up_identity(session, asked)
    return render_template("identity/registry/searches/show.html", form=IdentityForm.of(asked), found=found)
