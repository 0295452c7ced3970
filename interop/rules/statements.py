"""What the interface says about itself, and about what went wrong. FHIR R4 as plain values."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

FHIR_VERSION = "4.0.1"
# Our refusals in the words of http://hl7.org/fhir/R4/valueset-issue-type.html.
ISSUE_OF_STATUS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "login",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not-supported",
    HTTPStatus.CONFLICT: "business-rule",
    HTTPStatus.PRECONDITION_FAILED: "conflict",
    HTTPStatus.UNPROCESSABLE_ENTITY: "invalid",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
    HTTPStatus.BAD_GATEWAY: "transient",
    HTTPStatus.SERVICE_UNAVAILABLE: "transient",
}


def capability_statement(*, base: str, at: datetime) -> dict[str, Any]:
    """What can really be asked here, and nothing more."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": at.isoformat(timespec="seconds"),
        "kind": "instance",
        "software": {"name": "Dispatching Center"},
        "implementation": {"description": "A citizen's own record, read-only", "url": base},
        "fhirVersion": FHIR_VERSION,
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "For the citizen who is signed in, in the same browser session: their own record.",
                "resource": [
                    {
                        "type": "Patient",
                        "interaction": [{"code": "read"}],
                        "operation": [
                            {
                                "name": "everything",
                                "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
                                "documentation": "Parameters _type and _since. Signed entries only; one entered in error says so.",
                            }
                        ],
                    }
                ],
            }
        ],
    }


def operation_outcome(status: int, sentence: str) -> dict[str, Any]:
    """What went wrong, in a sentence for the person and a code for the machine."""
    issue = {"severity": "error", "code": ISSUE_OF_STATUS.get(status, "processing")}
    if sentence:
        issue["diagnostics"] = sentence
    return {"resourceType": "OperationOutcome", "issue": [issue]}
