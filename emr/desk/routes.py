"""Looking for a patient. By POST: names and identifiers have no place in addresses and their logs."""

from http import HTTPStatus

from flask import Blueprint, render_template, request

from emr.desk.actions import search_patients
from emr.desk.forms import SearchForm
from foundation.database.transactions import transaction
from identity.authorization import current_actor, open_to
from identity.roles import Role

blueprint = Blueprint("searches", __name__)


@blueprint.post("/searches")
@open_to(Role.DOCTOR)
def create():
    form = SearchForm(request.form)
    if not form.validate():
        return render_template(
            "emr/desk/patients/index.html", form=form, found=None
        ), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction(current_actor()) as session:
        found = search_patients(session, text=form.text.data or "")
    return render_template("emr/desk/patients/index.html", form=form, found=found)
