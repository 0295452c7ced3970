"""Finding the other record of a person. Who is asked for comes by POST and stands sealed in the address of what was found."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from foundation.database.transactions import transaction
from foundation.web.sealed_searches import sealed_search, search_in
from identity.authorization import current_actor, open_to
from identity.merges.actions import find_other_records, open_merges_into
from identity.patients.queries.patients import PatientCard
from identity.registry.forms import IdentityForm, read_identity, written_identity
from identity.roles import Role

blueprint = Blueprint("merge_searches", __name__, url_prefix="/registry/patients/<uuid:patient_id>/merges")


@blueprint.get("")
@open_to(Role.REGISTRAR)
def new(patient_id: UUID):
    return _page(patient_id, IdentityForm(), None)


@blueprint.post("")
@open_to(Role.REGISTRAR)
def create(patient_id: UUID):
    form = IdentityForm(request.form)
    if not form.validate():
        return _page(patient_id, form, None), HTTPStatus.UNPROCESSABLE_ENTITY
    # Before anything is told of the address: whoever may not open this record learns nothing from being led on.
    with transaction(current_actor()) as session:
        open_merges_into(session, patient_id)
    sealed = sealed_search(written_identity(form.asked), current_actor())
    return redirect(url_for(".show", patient_id=patient_id, sealed=sealed), HTTPStatus.SEE_OTHER)


@blueprint.get("/found/<sealed>")
@open_to(Role.REGISTRAR)
def show(patient_id: UUID, sealed: str):
    asked = read_identity(search_in(sealed, current_actor()))
    with transaction(current_actor()) as session:
        found = find_other_records(session, patient_id, asked)
    return _page(patient_id, IdentityForm.of(asked), found)


def _page(patient_id: UUID, form: IdentityForm, found: list[PatientCard] | None) -> str:
    with transaction(current_actor()) as session:
        patient, joined = open_merges_into(session, patient_id)
    return render_template(
        "identity/merges/merge_searches/show.html", patient=patient, joined=joined, form=form, found=found
    )
