"""Opening the list of studies, and what belongs to one patient's: reading is an act, and leaves its line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from archive_gateway.studies.queries.studies import StudyCard, studies_from
from dispatch_backend.bookings.queries.referral_cards import ReferralCard, referrals_from
from emr.reading.queries import NEWEST_STUDIES, STUDIES_OF_PATIENT
from foundation import audit
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.facilities.queries import FacilityCard, facilities_from
from identity.patients.queries.patients import PatientCard, PatientName, patient_from, patient_names_from

LISTED = "images.listed"


@dataclass(frozen=True, slots=True)
class NewestStudies:
    """Those that came last of patients in care."""

    studies: Sequence[StudyCard]
    names: Mapping[UUID, PatientName]
    facilities: Mapping[UUID, FacilityCard]


@dataclass(frozen=True, slots=True)
class StudiesOfPatient:
    """What somebody who reads a study asks: what for, and what was taken before."""

    patient: PatientCard
    referrals: Sequence[ReferralCard]
    studies: Sequence[StudyCard]
    facilities: Mapping[UUID, FacilityCard]


def open_newest_studies(session: ActorSession) -> NewestStudies:
    """Each patient among them can see that a list with their name was opened, once for each session."""
    answer = NEWEST_STUDIES.fetch(session)
    names = patient_names_from(answer.names)
    # Whose name the reader may not know is not named by a study either.
    studies = [each for each in studies_from(answer) if each.patient_id in names]
    audit.record_listed(
        session, act=LISTED, object_kind="study", shown=[(each.patient_id, each.id) for each in studies]
    )
    return NewestStudies(studies, names, facilities_from(answer.study_places))


def open_studies_of_patient(session: ActorSession, patient_id: UUID) -> StudiesOfPatient:
    """Raises NotFound: no such patient, or not one in the reader's care."""
    access.open_record(session, patient_id)
    answer = STUDIES_OF_PATIENT.fetch(session, patient_id=patient_id)
    patient = patient_from(answer.opened)
    audit.record(session, act=LISTED, patient_id=patient_id, object_kind="patient", object_id=patient_id)
    return StudiesOfPatient(
        patient=patient,
        referrals=referrals_from(answer),
        studies=studies_from(answer),
        facilities=facilities_from([*answer.places, *answer.study_places]),
    )
