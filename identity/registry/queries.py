"""What waits at the registrar's desk, and who is meant by a whole identity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.language.dates import Precision
from identity.confirmations.queries import LinkCard, link_rows, links_from
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.patients.queries.identities import WholeIdentity, patients_like
from identity.patients.queries.patients import (
    PatientCard,
    PatientName,
    patient_from,
    patient_names_from,
    patient_rows,
    provisional_rows,
)
from identity.people.rules.names import sort_key
from identity.record_requests.queries import WaitingRequest, request_rows, requests_from
from identity.record_requests.rules import ProvenPerson

MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Likeness:
    """`snils`: its last five digits agree, which are all that is shown. `name`: in every part that both have."""

    snils: bool
    name: bool
    birth: bool


@dataclass(frozen=True, slots=True)
class RegistryDesk:
    """Who waits, the oldest first; `more_…`: there are others beside these."""

    requests: Sequence[WaitingRequest]
    more_requests: bool
    provisional: Sequence[PatientName]
    more_provisional: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the register whom a request may mean, and in what the two agree."""

    patient: PatientCard
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    request: WaitingRequest
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class RegistryPatient:
    """A patient as a registrar sees one, and the accounts that were linked in person."""

    patient: PatientCard
    links: Sequence[LinkCard]
    facilities: Mapping[UUID, FacilityCard]

    @property
    def live_links(self) -> list[LinkCard]:
        return [each for each in self.links if each.ended_at is None]


def candidates_for(session: ActorSession, proven: ProvenPerson | None) -> list[Candidate]:
    """Whom the reader may know and who may be meant. Nobody where it cannot be read any more who asks."""
    if proven is None:
        return []
    asked = WholeIdentity(
        proven.snils, proven.family_name, proven.given_name, proven.middle_name, proven.birth_date
    )
    return [Candidate(each, _likeness(proven, each)) for each in patients_like(session, asked)]


def registry_patient(session: ActorSession, patient_id: UUID) -> RegistryPatient:
    """Raises NotFound: no such patient, or not one whom the reader may know."""
    answer = PATIENT.fetch(session, patient_id=patient_id)
    return RegistryPatient(
        patient=patient_from(answer.opened),
        links=links_from(answer.links),
        facilities=facilities_from(answer.facilities),
    )


def registry_desk(session: ActorSession) -> RegistryDesk:
    answer = DESK.fetch(session)
    provisional = list(patient_names_from(answer.provisional).values())
    return RegistryDesk(
        requests=requests_from(answer.requests[:MOST_LISTED]),
        more_requests=len(answer.requests) > MOST_LISTED,
        provisional=provisional[:MOST_LISTED],
        more_provisional=len(provisional) > MOST_LISTED,
    )


def _desk(session: ActorSession) -> Selects:
    return {
        "requests": request_rows(session, most=MOST_LISTED + 1),
        "provisional": provisional_rows(session, most=MOST_LISTED + 1),
    }


DESK = CombinedQuery(_desk)


def _patient(session: ActorSession, *, patient_id: Any) -> Selects:
    links = link_rows(session, patient_id).cte("links")
    return {
        "opened": patient_rows(session, patient_id),
        "links": select(links),
        "facilities": facility_rows(select(links.c.facility_id)),
    }


PATIENT = CombinedQuery(_patient)


def _likeness(person: ProvenPerson, patient: PatientCard) -> Likeness:
    return Likeness(
        snils=bool(person.snils_masked) and person.snils_masked == patient.snils_masked,
        name=_same_name(person, patient),
        birth=patient.birth_precision is Precision.DAY and patient.birth_date == person.birth_date,
    )


def _same_name(person: ProvenPerson, patient: PatientCard) -> bool:
    middles = (
        (person.middle_name, patient.middle_name) if person.middle_name and patient.middle_name else ("", "")
    )
    proven = sort_key(person.family_name, person.given_name, middles[0])
    return proven == sort_key(patient.family_name, patient.given_name, middles[1])
