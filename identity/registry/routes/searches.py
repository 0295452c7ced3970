"""Looking somebody up. Who is asked for comes by POST and stands sealed in the address of what was found."""

import json
from dataclasses import asdict
from datetime import date
from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for

from foundation.database.transactions import transaction
from foundation.errors import NotFound
from foundation.web.sealed_searches import sealed_search, search_in
from identity.authorization import current_actor, open_to
from identity.patients.queries.identities import WholeIdentity
from identity.registry.actions import look_up_identity
from identity.registry.forms import IdentityForm
from identity.roles import Role

blueprint = Blueprint("registry_searches", __name__, url_prefix="/registry")


@blueprint.post("/searches")
@open_to(Role.REGISTRAR)
def create():
    form = IdentityForm(request.form)
    if not form.validate():
        page = render_template("identity/registry/searches/show.html", form=form, found=None)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    written = json.dumps(asdict(form.asked), default=str, ensure_ascii=False)
    address = url_for(".show", sealed=sealed_search(written, current_actor()))
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.get("/searches/<sealed>")
@open_to(Role.REGISTRAR)
def show(sealed: str):
    asked = _asked(search_in(sealed, current_actor()))
    with transaction(current_actor()) as session:
        found = look_up_identity(session, asked)
    return render_template("identity/registry/searches/show.html", form=IdentityForm.of(asked), found=found)


def _asked(written: str | None) -> WholeIdentity:
    """Raises NotFound where it is none of the reader's searches."""
    try:
        told = json.loads(written or "")
        born = told["born_on"]
        return WholeIdentity(**{**told, "born_on": date.fromisoformat(born) if born else None})
    except (ValueError, KeyError, TypeError):
        raise NotFound("Record not found.") from None
