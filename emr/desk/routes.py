"""Looking for a patient. What is typed comes by POST and stands sealed in the address of what was found: names and
identifiers have no place in addresses and their logs, and Back leads to the same list again.
"""

from http import HTTPStatus

from flask import Blueprint, redirect, render_template, request, url_for

from emr.desk.actions import search_patients
from emr.desk.forms import SearchForm
from foundation.database.transactions import transaction
from foundation.errors import BadInput, NotFound
from foundation.language.translation import sentence_of
from foundation.web.sealed_searches import sealed_search, search_in
from identity.access.enumerations import Deed, Thing
from identity.authorization import current_actor, open_to_staff_who_may
from identity.patients.queries.patients import FoundPatients, query_typed

blueprint = Blueprint("searches", __name__)


@blueprint.post("/searches")
@open_to_staff_who_may(Deed.READ, Thing.ENTRIES)
def create():
    form = SearchForm(request.form)
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        query_typed(form.text.data or "")
    except BadInput as refusal:
        form.text.errors = [sentence_of(refusal)]
        return _page(form), refusal.status
    address = url_for(".show", sealed=sealed_search(form.text.data or "", current_actor()))
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.get("/searches/<sealed>")
@open_to_staff_who_may(Deed.READ, Thing.ENTRIES)
def show(sealed: str):
    text = search_in(sealed, current_actor())
    if text is None:
        raise NotFound("Record not found.")
    with transaction(current_actor()) as session:
        found = search_patients(session, text=text)
    return _page(SearchForm(data={"text": text}), found)


def _page(form: SearchForm, found: FoundPatients | None = None) -> str:
    return render_template("emr/desk/patients/index.html", form=form, found=found)
