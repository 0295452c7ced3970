"""Storing: every file has one outcome, nothing is stored twice, nothing slips into another person's pictures."""

from datetime import date
from uuid import uuid4

import pytest
from pydicom.uid import generate_uid
from sqlalchemy import select

from archive_gateway.ingestion.actions.storing import NOT_KEPT, StoringOutcome
from archive_gateway.ingestion.filing import file_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.loading import load
from archive_gateway.ingestion.quota import Quota
from archive_gateway.ingestion.tables import QuarantinedFile
from archive_gateway.store.opening import open_store
from archive_gateway.studies.actions.assigning import assign_study
from archive_gateway.studies.queries.studies import studies_of, study_to_read
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series
from archive_gateway.studies.tables.studies import Study, StudyAssignment
from foundation.errors import NotFound
from foundation.outbox import OutboxMessage
from foundation.sealing import keyed_digest, seal
from identity.patients.tables import SEALED_AS, PatientIdentifier
from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.storing import store_file


def kept_of(ingestor, sha256, area):
    return ingestor.store._root / area / sha256[:2] / sha256[2:4] / sha256


def test_a_stored_file_is_indexed_and_its_bytes_are_kept_as_they_came(
    store, as_loader, ingestor, tmp_path, patient
):
    image = write(data_set(patient=patient, frames=3), tmp_path / "a.dcm")

    filed = store(image.path)

    assert filed.outcome is StoringOutcome.STORED
    with as_loader() as session:
        row = session.scalar(select(Instance).where(Instance.sop_instance_uid == image.instance_uid))
    assert (row.patient_id, row.frame_count, len(row.span_offsets)) == (patient.id, 3, 3)
    assert kept_of(ingestor, row.content_sha256, "objects").read_bytes() == image.path.read_bytes()
    assert not [each for each in ingestor.store.incoming.rglob("incoming-*")]


def test_storing_twice_changes_nothing(store, as_loader, tmp_path, patient):
    image = write(data_set(patient=patient), tmp_path / "a.dcm")
    store(image.path)

    again = store(image.path)

    assert again.outcome is StoringOutcome.UNCHANGED
    with as_loader() as session:
        rows = session.scalars(select(Instance).where(Instance.sop_instance_uid == image.instance_uid)).all()
    assert len(rows) == 1


def test_other_content_under_the_same_identifier_is_quarantined_with_its_bytes(
    store, as_loader, ingestor, tmp_path, patient
):
    made = data_set(patient=patient)
    first = write(made, tmp_path / "a.dcm")
    store(first.path)
    made.PixelData = bytes(len(made.PixelData))
    other = write(made, tmp_path / "b.dcm")

    filed = store(other.path)
    once_more = store(other.path)

    assert filed.outcome is once_more.outcome is StoringOutcome.QUARANTINED
    assert "SOPInstanceUID" in filed.why
    with as_loader() as session:
        kept = session.scalars(select(QuarantinedFile).where(QuarantinedFile.source == str(other.path))).all()
    assert len(kept) == 1
    assert kept_of(ingestor, kept[0].content_sha256, "quarantine").read_bytes() == other.path.read_bytes()


@pytest.mark.parametrize("quota", [Quota(bytes=1), Quota(files=0)])
def test_beyond_its_bounds_nothing_is_kept_apart_and_the_reason_says_so(
    as_loader, settings, tmp_path, patient, quota
):
    broken = write(data_set(patient=patient), tmp_path / "broken.dcm")
    broken.path.write_bytes(broken.path.read_bytes()[:-20])
    with Ingestor(open_store(settings.image_store_url, settings.data_dir), quota=quota) as ingestor:
        refused = load([broken.path], ingestor=ingestor, transactions=as_loader)
        received = ingestor.ingest(broken.path)
        again = file_received(received, ingestor=ingestor, transactions=as_loader)
        received.discard()

    assert refused.quarantined == [{"file": str(broken.path), "why": again.why}]
    assert again.outcome is StoringOutcome.QUARANTINED
    assert again.why == f"The file ends in the middle of the pixels. {NOT_KEPT}"
    with as_loader() as session:
        assert not session.scalars(
            select(QuarantinedFile).where(QuarantinedFile.source == str(broken.path))
        ).all()
    assert not kept_of(ingestor, received.original.sha256, "quarantine").exists()


def test_what_was_set_aside_once_is_said_to_be_also_when_there_is_no_room_left(
    store, as_loader, settings, tmp_path, patient
):
    broken = write(data_set(patient=patient), tmp_path / "broken.dcm")
    broken.path.write_bytes(broken.path.read_bytes()[:-20])
    store(broken.path)

    with Ingestor(open_store(settings.image_store_url, settings.data_dir), quota=Quota(files=0)) as full:
        again = load([broken.path], ingestor=full, transactions=as_loader)

    assert NOT_KEPT not in again.quarantined[0]["why"]


def test_a_broken_file_is_quarantined_with_a_reason(store, tmp_path, patient):
    image = write(data_set(patient=patient), tmp_path / "a.dcm")
    image.path.write_bytes(image.path.read_bytes()[:-20])

    filed = store(image.path)

    assert filed.outcome is StoringOutcome.QUARANTINED
    assert filed.why == "The file ends in the middle of the pixels."


def test_something_else_is_not_dicom_and_not_kept(store, as_loader, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("bring the stick to the third floor")

    assert store(path).outcome is StoringOutcome.NOT_DICOM
    with as_loader() as session:
        assert not session.scalars(select(QuarantinedFile).where(QuarantinedFile.source == str(path))).all()


def test_a_study_finds_its_patient_by_number_and_birthday(store, as_actor, tmp_path, patient):
    image = write(data_set(patient=patient, StudyDescription="Head"), tmp_path / "a.dcm")
    store(image.path)

    with as_actor(patient.actor) as session:
        (card,) = studies_of(session, patient.id)

    assert card.study_instance_uid == image.study_uid
    assert (card.description, card.started_on, card.modalities) == ("Head", date(2026, 3, 5), ("CT",))
    assert (card.series_count, card.instance_count) == (1, 1)


@pytest.mark.parametrize("written", ["{0}", "{1}-{2}-{3} {4}"])
def test_a_number_is_known_in_any_writing(store, as_loader, tmp_path, patient, written):
    digits = patient.snils
    text = written.format(digits, digits[:3], digits[3:6], digits[6:9], digits[9:])
    made = data_set(patient=patient)
    made.PatientID = text
    store(write(made, tmp_path / "a.dcm").path)

    with as_loader() as session:
        assert _study(session, made.StudyInstanceUID).patient_id == patient.id


def test_another_birthday_leaves_a_study_unassigned_and_nobody_sees_it(
    store, as_loader, as_actor, tmp_path, people, patient
):
    image = write(data_set(patient=patient, PatientBirthDate="19000101"), tmp_path / "a.dcm")
    store(image.path)

    with as_loader() as session:
        assert _study(session, image.study_uid).patient_id is None
    for reader in (patient.actor, people.doctor().actor):
        with as_actor(reader) as session, pytest.raises(NotFound):
            study_to_read(session, image.study_uid)


def test_an_operator_gives_an_unassigned_study_to_its_patient(store, as_loader, as_actor, tmp_path, patient):
    image = write(data_set(), tmp_path / "a.dcm")
    store(image.path)

    with as_loader() as session:
        study = assign_study(session, image.study_uid, patient_id=patient.id)
        assert [
            row.basis
            for row in session.scalars(select(StudyAssignment).where(StudyAssignment.study_id == study.id))
        ]

    with as_actor(patient.actor) as session:
        assert study_to_read(session, image.study_uid).instance_count == 1
    with as_loader() as session:
        for table in (Series, Instance):
            owners = session.scalars(
                select(table.patient_id).where(table.study_instance_uid == image.study_uid)
            )
            assert set(owners) == {patient.id}


def test_a_study_that_arrives_for_a_known_patient_is_announced_once(store, as_worker, tmp_path, patient):
    made = data_set(patient=patient)
    first = write(made, tmp_path / "a.dcm")
    made.SOPInstanceUID = generate_uid()
    second = write(made, tmp_path / "b.dcm")

    filed = store(first.path)
    store(second.path)

    with as_worker() as session:
        told = session.scalars(
            select(OutboxMessage.payload).where(OutboxMessage.topic == "study.arrived")
        ).all()
    assert [each for each in told if each["object_id"] == str(filed.study_id)] == [
        {"patient_id": str(patient.id), "object_id": str(filed.study_id)}
    ]


def test_an_object_of_another_person_does_not_slip_into_a_study(store, tmp_path, people, patient):
    made = data_set(patient=patient)
    store(write(made, tmp_path / "a.dcm").path)
    made.SOPInstanceUID = generate_uid()
    made.PatientID = people.patient().snils

    filed = store(write(made, tmp_path / "b.dcm").path)

    assert (filed.outcome, "another person" in filed.why) == (StoringOutcome.QUARANTINED, True)


def test_a_ward_s_number_alone_brings_no_picture_into_a_record(store, as_loader, tmp_path, people):
    patient, number = people.patient(), f"W-{uuid4().hex[:8]}"
    with as_loader() as session:
        session.add(
            PatientIdentifier(
                patient_id=patient.id,
                system="https://lab.example/card-number",
                value_digest=keyed_digest(number),
                value_sealed=seal(number, SEALED_AS),
            )
        )
    made = data_set(PatientID=number, PatientName="Somebody^Else")
    store(write(made, tmp_path / "a.dcm").path)

    with as_loader() as session:
        assert _study(session, made.StudyInstanceUID).patient_id is None


@pytest.mark.parametrize("change", [{"PatientID": ""}, {"PatientBirthDate": "19310101"}])
def test_an_object_without_the_number_or_with_another_birthday_does_not_slip_into_a_study(
    store, tmp_path, patient, change
):
    made = data_set(patient=patient)
    store(write(made, tmp_path / "a.dcm").path)
    made.SOPInstanceUID = generate_uid()
    for keyword, value in change.items():
        setattr(made, keyword, value)
    image = write(made, tmp_path / "b.dcm")

    filed = store(image.path)

    assert (filed.outcome, "another person" in filed.why) == (StoringOutcome.QUARANTINED, True)
    if "PatientID" in change:  # the operator knows whose it is
        assert store(image.path, patient_id=patient.id).outcome is StoringOutcome.STORED


def test_a_series_does_not_move_to_another_study(store, tmp_path, patient):
    made = data_set(patient=patient)
    store(write(made, tmp_path / "a.dcm").path)
    made.SOPInstanceUID = generate_uid()
    made.StudyInstanceUID = generate_uid()

    filed = store(write(made, tmp_path / "b.dcm").path)

    assert (filed.outcome, "another study" in filed.why) == (StoringOutcome.QUARANTINED, True)


def test_a_file_that_cannot_be_written_is_kept_apart_and_the_others_of_its_batch_are_stored(
    as_loader, ingestor, tmp_path, patient, monkeypatch
):
    from archive_gateway.ingestion import filing, loading
    from archive_gateway.ingestion.received import ParsedInstance

    images = [write(data_set(patient=patient), tmp_path / f"{number}.dcm") for number in range(3)]
    stored = loading.store_received

    def stumbling(session, received, **options):
        if received.origin.source.endswith("1.dcm") and isinstance(received, ParsedInstance):
            raise ValueError("something that nobody foresaw")
        return stored(session, received, **options)

    for module in (loading, filing):
        monkeypatch.setattr(module, "store_received", stumbling)

    account = loading.load([each.path for each in images], ingestor=ingestor, transactions=as_loader)

    assert (account.files, account.stored) == (3, 2)
    [apart] = account.quarantined
    assert apart["file"].endswith("1.dcm")
    assert "cannot be written into the index" in apart["why"]
    assert not [each for each in ingestor.store.incoming.rglob("incoming-*")]


def test_a_transaction_that_fails_leaves_no_row_and_the_next_attempt_works(
    as_loader, ingestor, tmp_path, patient
):
    image = write(data_set(patient=patient), tmp_path / "a.dcm")
    with pytest.raises(RuntimeError), as_loader() as session:
        store_file(session, image.path, ingestor=ingestor)
        raise RuntimeError

    with as_loader() as session:
        assert _study(session, image.study_uid) is None
        assert store_file(session, image.path, ingestor=ingestor).outcome is StoringOutcome.STORED


def _study(session, study_uid) -> Study | None:
    return session.scalar(select(Study).where(Study.study_instance_uid == study_uid))
