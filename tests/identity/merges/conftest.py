"""Two records of one person at one registrar's desk."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from identity.confirmations.enumerations import DocumentKind
from identity.confirmations.rules import SeenDocument
from identity.merges.actions import merge_records, undo_merge
from tests.people import MadePatient, MadeStaff

SEEN = SeenDocument(DocumentKind.PASSPORT, "5301 123456")
REASON = "Registered twice: once at birth, once by a hospital"


@dataclass
class Pair:
    """`survivor` stays; `merged`, who has no SNILS, is joined into it."""

    survivor: MadePatient
    merged: MadePatient
    registrar: MadeStaff
    as_actor: Any

    def join(self, **changes: Any) -> UUID:
        words = {
            "survivor_id": self.survivor.id,
            "merged_id": self.merged.id,
            "reason": REASON,
            "seen": None,
            **changes,
        }
        with self.as_actor(self.registrar.actor) as session:
            return merge_records(session, **words)

    def part(self, merge_id: UUID) -> None:
        with self.as_actor(self.registrar.actor) as session:
            undo_merge(session, merge_id, reason="They are twins")


@pytest.fixture
def registrar(people):
    return people.registrar()


@pytest.fixture
def without_snils(as_administrator):
    """Some other number in place of it, as a hospital gives one."""

    def changed(patient: MadePatient) -> MadePatient:
        with as_administrator() as connection:
            connection.execute(
                text(
                    "UPDATE identity.patient_identifier SET system = 'urn:oid:1.2.643.5.1' WHERE patient_id = :id"
                ),
                {"id": patient.id},
            )
        return patient

    return changed


@pytest.fixture
def pair(people, registrar, as_actor, without_snils) -> Pair:
    cared = {"cared_for_at": registrar.facility_id}
    return Pair(people.patient(**cared), without_snils(people.patient(**cared)), registrar, as_actor)
