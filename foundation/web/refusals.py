"""The one place where refusals and faults become answers: a calm page for people, problem details for machines."""

from http import HTTPStatus

import orjson
from flask import Flask, Response, current_app, g, render_template, request
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from foundation import logs
from foundation.database.transactions import busy
from foundation.errors import Refusal
from foundation.language.translation import gettext

# Set by an application that has no templates: all its refusals are for machines.
SHOWS_NO_PAGES = "SHOWS_NO_PAGES"
RETRY_AFTER_S = {HTTPStatus.SERVICE_UNAVAILABLE: "5", HTTPStatus.TOO_MANY_REQUESTS: "60"}
MACHINE_ADDRESSES = ("/archive/", "/emr/archive/", "/shared/archive/", "/fhir/", "/dispatch/events")
# Programs read here and write nothing: a picture comes in by DICOM, a record as a file.
READ_ALONE = ("/archive/", "/emr/archive/", "/shared/archive/", "/fhir/")
UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def wants_problem_details() -> bool:
    """Whether this request comes from a program that reads problem details (RFC 9457), not pages."""
    return request.path.startswith(MACHINE_ADDRESSES) or bool(current_app.config.get(SHOWS_NO_PAGES))


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http_fault)
    app.register_error_handler(OperationalError, _database_gone)
    app.register_error_handler(DataError, _value_refused)
    app.register_error_handler(Exception, _unforeseen)


def refusal_response(status: HTTPStatus, sentence: str) -> Response:
    """The refusal as a page for people, as problem details for machines."""
    g.answering_fault = True
    if wants_problem_details():
        problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": sentence}
        answer = Response(orjson.dumps(problem), status, content_type="application/problem+json")
    else:
        request_id = g.get("request_id", "")
        page = render_template(
            "errors/show.html", status=status.value, sentence=sentence, request_id=request_id
        )
        answer = Response(page, status)
    if status in RETRY_AFTER_S:
        answer.headers["Retry-After"] = RETRY_AFTER_S[status]
    return answer


def _refused(refusal: Refusal) -> Response:
    sentence = gettext(refusal.sentence, **refusal.values)
    return refusal_response(refusal.status, sentence)


def _http_fault(fault: HTTPException) -> Response:
    status = HTTPStatus(fault.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if fault.response is not None or status < HTTPStatus.BAD_REQUEST:
        return fault.get_response()  # type: ignore[return-value]
    if status == HTTPStatus.NOT_FOUND and _writes_where_programs_read():
        return _http_fault(MethodNotAllowed(["GET", "HEAD", "OPTIONS"]))
    answer = refusal_response(status, _told_of(status))
    for name, value in fault.get_headers():
        if name in ("Allow", "Content-Range", "Retry-After"):
            answer.headers[name] = value
    return answer


def _writes_where_programs_read() -> bool:
    return request.method in UNSAFE_METHODS and request.path.startswith(READ_ALONE)


def _told_of(status: HTTPStatus) -> str:
    if status == HTTPStatus.METHOD_NOT_ALLOWED and _writes_where_programs_read():
        return gettext("Programs read here. Nothing can be stored, changed or deleted at this address.")
    return ""


def _database_gone(fault: OperationalError) -> Response:
    logs.fault("database.gone", fault, request=g.get("request_id", "-"))
    return _refused(busy(fault))


def _value_refused(fault: DataError) -> Response:
    """A value that no form refused and no column can hold was sent: it is at fault, and its form should say so."""
    logs.fault(
        "database.value_refused", fault, request=g.get("request_id", "-"), endpoint=request.endpoint or "-"
    )
    return refusal_response(HTTPStatus.UNPROCESSABLE_ENTITY, "")


def _unforeseen(fault: Exception) -> Response:
    logs.fault("unforeseen", fault, request=g.get("request_id", "-"), endpoint=request.endpoint or "-")
    return refusal_response(HTTPStatus.INTERNAL_SERVER_ERROR, "")
