"""Handing a person their own record: what left, when, to whom, with a digest by which the copy can be recognised."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from emr.exports.queries import patient_in_fhir, record_in_fhir
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.identifiers import new_id
from foundation.language.bilingual import bilingual
from foundation.personal_copies import CopyFile, CopyPart
from identity.access.enumerations import Thing
from identity.copies.queries import own_rows_part
from interop.rules.bundles import Request, bundle
from interop.rules.narratives import with_cleaned_narratives
from interop.tables import Export

WIDEST = 2**63 - 1


def export_record(
    session: ActorSession,
    patient_id: UUID | None,
    *,
    request: Request,
    types: Collection[str] = (),
    since: datetime | None = None,
) -> bytes:
    """The record as the bytes of a Bundle. Written inside the transaction, because its digest is kept with it.

    Raises:
        NotFound: no such patient, or not the reader.
    """
    if session.actor.account_id is None or patient_id is None:
        raise NotFound("Record not found.")
    resources = record_in_fhir(session, patient_id, types=types, since=since)
    content = as_json(bundle(request, resources, at=now()))
    export = Export(
        id=new_id(),
        patient_id=patient_id,
        account_id=session.actor.account_id,
        content_sha256=hashlib.sha256(content).hexdigest(),
        resource_count=len(resources),
    )
    session.add(export)
    audit.record(
        session, act="record.exported", patient_id=patient_id, object_kind="export", object_id=export.id
    )
    return content


def _record(session: ActorSession, address: str) -> Iterable[CopyFile]:
    asked = Request("collection", address=f"{address}/my/record.json", base=f"{address}/fhir")
    yield "record.json", [export_record(session, session.actor.patient_id, request=asked)]


COPY_PARTS = (
    CopyPart(
        bilingual(
            "Your medical record: everything that was signed, as it stands today, as FHIR R4 for programs."
        ),
        ("record.json",),
        ("emr.entry", "emr.entry_version", "emr.entry_summary", "emr.signature"),
        _record,
    ),
    own_rows_part(bilingual("Copies of your record that were handed out."), Thing.ENTRIES, Export),
)


def open_patient(session: ActorSession, patient_id: UUID) -> dict[str, Any]:
    """The patient's details. Raises NotFound: absent, or not the reader's to know."""
    patient = patient_in_fhir(session, patient_id)
    audit.record(session, act="patient.opened", patient_id=patient_id)
    return patient


def as_json(resource: object) -> bytes:
    """JSON whose decimals keep the digits they came with (FHIR R4 forbids turning 1.10 into 1.1), and whose narratives are clean."""
    cleaned = with_cleaned_narratives(resource)
    try:
        return orjson.dumps(cleaned, default=_decimal)
    except orjson.JSONEncodeError:
        return orjson.dumps(_with_wide_numbers(cleaned), default=_decimal)


def _with_wide_numbers(value: Any) -> Any:
    """The same with whole numbers beyond 64 bits, which orjson does not write, as decimals, which we write."""
    if isinstance(value, dict):
        return {name: _with_wide_numbers(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_with_wide_numbers(each) for each in value]
    wide = isinstance(value, int) and abs(value) > WIDEST
    return Decimal(value) if wide else value


def _decimal(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(type(value).__name__)
