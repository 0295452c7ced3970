"""Where the link of a letter leads: one press confirms the address, whoever is signed in or nobody.

The page is the same whatever the link is, and tells nothing of anybody: programs that look through mail open links.
"""

from flask import Blueprint, render_template, request

from foundation.database.transactions import transaction
from foundation.errors import RuleBroken
from identity.authorization import current_actor, public
from identity.contact_points.actions import confirm_by_link
from identity.contact_points.forms import ConfirmAddressForm

blueprint = Blueprint("contact_confirmations", __name__, url_prefix="/contact")


@blueprint.get("/<token>")
@public
def new(token: str):
    return _page("new", token=token)


@blueprint.post("/<token>")
@public
def create(token: str):
    form = ConfirmAddressForm(request.form)
    if not form.validate():
        return _page("new", token=token, form=form), 422
    with transaction(current_actor()) as session:
        confirmed = confirm_by_link(session, token)
    return _page("show" if confirmed else "refused"), 200 if confirmed else RuleBroken.status


def _page(name: str, **values: object) -> str:
    return render_template(
        f"identity/contact_points/confirmations/{name}.html",
        **{"form": ConfirmAddressForm(), **values},
    )
