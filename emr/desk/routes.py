"""Looking for a patient. By POST: names and identifiers have no place in addresses and their logs."""

from http import HTTPStatus

from flask import Blueprint, render_template, request

from emr.desk.actions import search_patients
from emr.desk.forms import SearchForm
from foundation.database.transactions import transaction
from foundation.errors import BadInput
from foundation.language.translation import sentence_of
from identity.authorization import current_actor, open_to
from identity.patients.queries.patients import FoundPatients
from identity.roles import Role

blueprint = Blueprint("searches", __name__)


@blueprint.post("/searches")
@open_to(Role.DOCTOR)
def create():
    form = SearchForm(request.form)
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with transaction(current_actor()) as session:
            found = search_patients(session, text=form.text.data or "")
    except BadInput as refusal:
        form.text.errors = [sentence_of(refusal)]
        return _page(form), refusal.status
    return _page(form, found)


def _page(form: SearchForm, found: FoundPatients | None = None) -> str:
    return render_template("emr/desk/patients/index.html", form=form, found=found)
