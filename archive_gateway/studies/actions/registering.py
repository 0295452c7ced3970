"""A study is entered into the index when its first object arrives, and given to its patient where that is known."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func

from archive_gateway.dicom.rules.dates import read_date, read_time
from archive_gateway.studies.actions.assigning import AssignmentBasis, assign_owner
from archive_gateway.studies.queries.stored import id_of_series, study_stored_as
from archive_gateway.studies.rules import Candidate, ReportedPerson, identifies_other_person, owner_of
from archive_gateway.studies.tables.series import Series
from archive_gateway.studies.tables.studies import Study
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from identity.facilities.queries import all_facilities
from identity.patients.queries.matching import patients_known_as


@dataclass(frozen=True)
class ReportedStudy:
    """What a device, or an archive behind us, says about a study; dates and times as DICOM writes them."""

    study_instance_uid: str
    study_date: str = ""
    study_time: str = ""
    description: str = ""
    patient_identifier: str = ""
    patient_name: str = ""
    birth_date: str = ""
    institution_name: str = ""

    @property
    def person(self) -> ReportedPerson:
        return ReportedPerson(self.patient_identifier, self.patient_name, read_date(self.birth_date))


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose pictures come, and where they were made, as the operator says; without, what the device said is looked up."""

    patient_id: UUID | None = None
    facility_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewSeries:
    """What a device, or an archive behind us, says about a series."""

    series_instance_uid: str
    number: int | None
    modality: str
    description: str


UNATTRIBUTED = Attribution()


def lock_study(session: ActorSession, study_instance_uid: str) -> None:
    """One writer a study: two associations may bring the same new study at the same moment."""
    session.execute(func.pg_advisory_xact_lock(func.hashtextextended(study_instance_uid, 4)))


def register_study(
    session: ActorSession, reported: ReportedStudy, attribution: Attribution = UNATTRIBUTED
) -> Study:
    """The study with this identifier, entered now if it is new; its patient hears of it through the outbox."""
    patient_id = attribution.patient_id
    known = study_stored_as(session, reported.study_instance_uid)
    if known:
        if patient_id and known.patient_id is None:
            assign_owner(session, known, patient_id, basis=AssignmentBasis.NAMED_BY_OPERATOR)
        return known
    study = _entered(
        session, reported, attribution.facility_id or _facility_named(session, reported.institution_name)
    )
    if patient_id:
        assign_owner(session, study, patient_id, basis=AssignmentBasis.NAMED_BY_OPERATOR)
    elif owner := _owner(session, study):
        assign_owner(session, study, owner, basis=AssignmentBasis.IDENTIFIER)
    return study


def describe_study(study: Study, reported: ReportedStudy) -> None:
    """Say of a study what a corrected object says of it; whose it is stays as it was."""
    study.started_on, study.started_at = read_date(reported.study_date), read_time(reported.study_time)
    study.description, study.institution_name = reported.description, reported.institution_name


def register_series(session: ActorSession, study: Study, new: NewSeries) -> UUID:
    """The series with this identifier, entered now if it is new."""
    known = id_of_series(session, new.series_instance_uid)
    if known:
        return known
    series = Series(
        id=new_id(),
        study_id=study.id,
        patient_id=study.patient_id,
        study_instance_uid=study.study_instance_uid,
        series_instance_uid=new.series_instance_uid,
        number=new.number,
        modality=new.modality,
        description=new.description,
    )
    session.add(series)
    session.flush()
    return series.id


def _entered(session: ActorSession, reported: ReportedStudy, facility_id: UUID | None) -> Study:
    study = Study(
        id=new_id(),
        study_instance_uid=reported.study_instance_uid,
        patient_id=None,
        facility_id=facility_id,
        started_on=read_date(reported.study_date),
        started_at=read_time(reported.study_time),
        description=reported.description,
        sent_patient_identifier=reported.patient_identifier,
        sent_patient_name=reported.patient_name,
        sent_birth_date=read_date(reported.birth_date),
        institution_name=reported.institution_name,
    )
    session.add(study)
    session.flush()
    return study


def conflicts_with_owner(
    session: ActorSession, reported: ReportedStudy, *, patient_id: UUID | None = None
) -> bool:
    """Whether the study is known with another person than what has come now names, or than the operator says."""
    study = study_stored_as(session, reported.study_instance_uid)
    if study is None:
        return False
    if patient_id:
        return study.patient_id not in {None, patient_id} or _conflicts(study, reported)
    return identifies_other_person(_person_of(study), reported.person)


def _conflicts(study: Study, reported: ReportedStudy) -> bool:
    """An operator who names the patient may add what came without an identifier, never what came with another."""
    named = bool(reported.patient_identifier)
    return named and identifies_other_person(_person_of(study), reported.person)


def _person_of(study: Study) -> ReportedPerson:
    return ReportedPerson(study.sent_patient_identifier, study.sent_patient_name, study.sent_birth_date)


def _owner(session: ActorSession, study: Study) -> UUID | None:
    if not study.sent_patient_identifier:
        return None
    known = patients_known_as(session, study.sent_patient_identifier)
    return owner_of(
        [Candidate(each.patient_id, each.family_name, each.birth, each.national) for each in known],
        _person_of(study),
    )


def _facility_named(session: ActorSession, name: str) -> UUID | None:
    """The facility whose name in either language, or whose code, is exactly what the device was told."""
    wanted = name.strip().casefold()
    if not wanted:
        return None
    named = [
        facility.id
        for facility in all_facilities(session)
        if wanted in {facility.code.casefold(), facility.name.en.casefold(), facility.name.ru.casefold()}
    ]
    return named[0] if len(named) == 1 else None
