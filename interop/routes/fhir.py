"""FHIR R4 for machines that a citizen has signed in: their own record, read-only. Refusals are OperationOutcomes."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from foundation.clock import now
from foundation.database.transactions import transaction
from foundation.errors import BadInput, NotFound, Refusal
from foundation.language.translation import gettext
from foundation.web.current_settings import current_settings
from identity.access.enumerations import Scope
from identity.authorization import current_actor, open_to, public
from identity.roles import Role
from interop.actions import as_json, export_record, open_patient
from interop.forms import EverythingForm
from interop.rules.bundles import Request
from interop.rules.statements import capability_statement, operation_outcome

FHIR_JSON = "application/fhir+json"

blueprint = Blueprint("fhir", __name__, url_prefix="/fhir")


@blueprint.get("/metadata")
@public
def metadata():
    return _answer(capability_statement(base=base_address(), at=now()))


@blueprint.get("/Patient/<uuid:patient_id>")
@open_to(Role.PATIENT)
def show(patient_id: UUID):
    with transaction(current_actor()) as session:
        patient = open_patient(session, patient_id)
    return _answer(patient)


@blueprint.get("/Patient/<uuid:patient_id>/$everything")
@open_to(Role.PATIENT, scope=Scope.RECORD)
def everything(patient_id: UUID):
    form = EverythingForm(MultiDict((name.removeprefix("_"), value) for name, value in request.args.items()))
    if not form.validate():
        raise BadInput(str((form.type.errors or form.since.errors)[0]))
    with transaction(current_actor()) as session:
        content = export_record(
            session, patient_id, request=request_for("searchset"), types=form.types, since=form.moment
        )
    return Response(content, content_type=FHIR_JSON)


@blueprint.get("/", defaults={"anything": ""})
@blueprint.get("/<path:anything>")
@public
def absent(anything: str):
    raise NotFound("There is nothing at this address. /fhir/metadata lists what there is.")


def base_address() -> str:
    """The address of this interface, as the outside knows it."""
    return f"{current_settings().public_url}/fhir"


def request_for(kind: str) -> Request:
    """What was asked for, as the outside knows it, with its parameters."""
    address = f"{current_settings().public_url}{request.full_path.rstrip('?')}"
    return Request(kind, address=address, base=base_address())


@blueprint.errorhandler(Refusal)
def refused(refusal: Refusal):
    return _outcome(refusal.status, gettext(refusal.sentence, **refusal.values))


@blueprint.errorhandler(HTTPException)
def failed(fault: HTTPException):
    return _outcome(HTTPStatus(fault.code or HTTPStatus.INTERNAL_SERVER_ERROR), "")


def _outcome(status: HTTPStatus, sentence: str) -> Response:
    return _answer(operation_outcome(status, sentence), status)


def _answer(resource: object, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(as_json(resource), status, content_type=FHIR_JSON)
