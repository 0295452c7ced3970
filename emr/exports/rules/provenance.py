"""Who answers for what leaves: a Provenance for each signature, and one for each import. FHIR R4."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from emr.exports.rules.stored import SCHEME, URI_SYSTEM, instant

PARTICIPANTS = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
# http://hl7.org/fhir/R4/valueset-signature-type.html
AUTHORS_SIGNATURE = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.1",
    "display": "Author's Signature",
}


def provenance_of_signature(
    *,
    signature_id: UUID,
    target: str,
    signer_id: UUID,
    facility_id: UUID | None,
    signed_at: datetime,
    reason: str,
) -> dict[str, Any]:
    """Somebody of ours signed the target, and answers for it.

    Args:
        target: "Type/id".
        reason: why the entry was changed; "" for a first version.
    """
    signer = {"reference": f"Practitioner/{signer_id}"}
    agent: dict[str, Any] = {"type": _participant("author"), "who": signer}
    if facility_id:
        agent["onBehalfOf"] = {"reference": f"Organization/{facility_id}"}
    signature = {"type": [AUTHORS_SIGNATURE], "when": instant(signed_at), "who": signer}
    made = _provenance(signature_id, [target], signed_at, agent)
    if reason:
        made["reason"] = [{"text": reason}]
    return {**made, "signature": [signature]}


def provenance_of_import(
    *, signature_id: UUID, targets: Sequence[str], source_system: str, recorded_at: datetime
) -> dict[str, Any]:
    """Another system sent the targets, and vouches for them. `signature_id` is the least of theirs."""
    address = {"system": URI_SYSTEM} if SCHEME.match(source_system) else {}
    who = {"identifier": {**address, "value": source_system}, "display": source_system}
    agent = {"type": _participant("informant"), "who": who}
    return _provenance(signature_id, targets, recorded_at, agent)


def _provenance(
    identifier: UUID, targets: Sequence[str], recorded_at: datetime, agent: dict[str, Any]
) -> dict[str, Any]:
    return {
        "resourceType": "Provenance",
        "id": str(identifier),
        "meta": {"lastUpdated": instant(recorded_at)},
        "target": [{"reference": each} for each in targets],
        "recorded": instant(recorded_at),
        "agent": [agent],
    }


def _participant(code: str) -> dict[str, Any]:
    return {"coding": [{"system": PARTICIPANTS, "code": code}]}
