"""Handing a person their own record: what left, when, to whom, with a digest by which the copy can be recognised."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from emr.exports.queries import patient_in_fhir, record_in_fhir
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RateLimited
from foundation.identifiers import new_id
from foundation.language.bilingual import bilingual
from foundation.personal_copies import CopyFile, CopyPart
from foundation.shared_counts import SharedCounts
from identity.access import queries as access
from identity.access.enumerations import Deed, Thing
from identity.copies.queries import own_rows_part
from identity.patients.queries.patients import PatientCard, patient_card
from identity.second_factors.enumerations import Occasion
from identity.second_factors.queries.demands import require_second_factor
from interop.enumerations import ExportReason
from interop.rules.bundles import Request, bundle
from interop.rules.narratives import with_cleaned_narratives
from interop.tables import Export

WIDEST = 2**63 - 1
# A member of staff hands a record on now and then; whoever takes many out is stopped.
MOST_AN_HOUR, HOUR_S = 3, 60 * 60

_exports = SharedCounts()


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
    return _export(
        session, patient_id, record_in_fhir(session, patient_id, types=types, since=since), request=request
    )


def begin_staff_export(session: ActorSession, patient_id: UUID) -> PatientCard:
    """The page that asks why is about to be shown. Raises NotFound: not a patient whose record the actor may take out."""
    patient = _to_export(session, patient_id)
    audit.record(session, act="patient.opened", patient_id=patient_id)
    return patient


def export_record_by_staff(
    session: ActorSession, patient_id: UUID, *, request: Request, reason: ExportReason
) -> bytes:
    """The record for another hospital, as far as the actor may hand it on, as the bytes of a Bundle.

    Raises:
        NotFound: not a patient whose record the actor may take out; in an emergency nobody may.
        SecondFactorNeeded: the actor must first prove anew that it is they.
        RateLimited: the actor has taken out too many within the hour.
    """
    _to_export(session, patient_id)
    require_second_factor(session, Occasion.EXPORT)
    if _exports.incr(f"record exports/{session.actor.account_id}", HOUR_S) > MOST_AN_HOUR:
        raise RateLimited("You have downloaded many records within an hour. Go on later.")
    access.open_record(session, patient_id)
    labelled = access.may_do(session, Deed.EXPORT, Thing.LABELLED_ENTRIES, patient_id)
    resources = record_in_fhir(session, patient_id, without_labels=not labelled)
    return _export(session, patient_id, resources, request=request, reason=reason)


def _to_export(session: ActorSession, patient_id: UUID) -> PatientCard:
    if not access.may_do(session, Deed.EXPORT, Thing.ENTRIES, patient_id):
        raise NotFound("Record not found.")
    return patient_card(session, patient_id)


def _export(
    session: ActorSession,
    patient_id: UUID,
    resources: Sequence[dict[str, Any]],
    *,
    request: Request,
    reason: str = "",
) -> bytes:
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
        session,
        act="record.exported",
        patient_id=patient_id,
        object_kind="export",
        object_id=export.id,
        reason=reason,
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
    own_rows_part(
        bilingual("Copies of your record that were handed out."),
        Thing.ENTRIES,
        Export,
        betraying=("resource_count",),
    ),
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
