"""Devices send pictures: pynetdicom as a device, and dcmtk's where it is installed."""

import logging
import shutil
import socket
import subprocess
from copy import deepcopy
from uuid import uuid4

import pytest
from pydicom import dcmread
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, MRImageStorage
from pynetdicom import AE
from pynetdicom.dsutils import encode
from sqlalchemy import select

from archive_gateway.devices.tables import Device
from archive_gateway.dimse.callers import further_storage_classes, permitted_callers
from archive_gateway.dimse.listener import VERIFICATION, Listener
from archive_gateway.dimse.statuses import (
    CANNOT_UNDERSTAND,
    DATA_SET_DOES_NOT_MATCH,
    LONGEST_COMMENT,
    OUT_OF_RESOURCES,
    SUCCESS,
    TRY_LATER,
)
from archive_gateway.ingestion.tables import QuarantinedFile
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import SeriesMetadata
from archive_gateway.studies.tables.studies import Study
from foundation.errors import CannotRun
from foundation.settings import Profile, Settings
from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.peers import require
from tests.ports import free_port


@pytest.fixture
def listening(ingestor, as_loader):
    """`with listening() as port:` is a listener; keyword arguments are its own."""

    def opened(**options):
        values = {"ingestor": ingestor, "transactions": as_loader, "ae_title": "DISPATCH", **options}
        return Listener(**values).at("127.0.0.1", free_port())

    return opened


def sent(port, *made, calling="DEVICE"):
    """The status of a C-STORE of each data set; None where the association was refused."""
    answers = answered(port, *made, calling=calling)
    return None if answers is None else [each.Status for each in answers]


def answered(port, *made, calling="DEVICE"):
    """The whole answers."""
    entity = AE(ae_title=calling)
    entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
    entity.add_requested_context(VERIFICATION)
    association = entity.associate("127.0.0.1", port, ae_title="DISPATCH")
    if not association.is_established:
        return None
    try:
        return [association.send_c_store(each) for each in made]
    finally:
        association.release()


def test_whoever_falls_silent_in_the_middle_is_cut_off(listening, monkeypatch):
    monkeypatch.setattr("archive_gateway.dimse.listener.SILENT_FOR_S", 1)
    announced = b"\x01\x00\xff\xff\xff\xff"

    with listening() as port, socket.create_connection(("127.0.0.1", port), timeout=10) as stranger:
        stranger.sendall(announced + b"a little")

        assert stranger.recv(100) == b""


@pytest.fixture
def made(people, tmp_path):
    """A data set of a known patient, as a file would give it."""
    patient = people.patient(cared_for_at=people.facility())
    return dcmread(write(data_set(patient=patient), tmp_path / "a").path)


def test_what_a_device_sends_is_stored_and_packed_before_long(listening, made, as_loader, ingestor):
    with listening() as port:
        assert sent(port, made) == [SUCCESS]

    with as_loader() as session:
        row = session.scalar(select(Instance).where(Instance.sop_instance_uid == made.SOPInstanceUID))
        packed = session.scalar(
            select(SeriesMetadata).where(SeriesMetadata.series_instance_uid == made.SeriesInstanceUID)
        )
    assert row.patient_id is not None
    assert ingestor.store.holds(row.content_sha256)
    assert packed is not None


def test_sending_twice_is_a_success_that_changes_nothing(listening, made, as_loader):
    with listening() as port:
        assert sent(port, made, made) == [SUCCESS, SUCCESS]

    with as_loader() as session:
        found = session.scalars(
            select(Instance).where(Instance.sop_instance_uid == made.SOPInstanceUID)
        ).all()
    assert len(found) == 1


def test_what_was_imported_is_known_when_a_device_sends_it(listening, store, people, tmp_path):
    image = write(data_set(patient=people.patient()), tmp_path / "a")
    image.path.write_bytes(b"another preamble".ljust(128) + image.path.read_bytes()[128:])
    store(image.path)

    with listening() as port:
        assert sent(port, dcmread(image.path)) == [SUCCESS]


def test_other_content_under_the_same_identifier_is_no_success(listening, made):
    with listening() as port:
        first = sent(port, made)
        made.PixelData = bytes(len(made.PixelData))
        second = sent(port, made)

    assert (first, second) == ([SUCCESS], [CANNOT_UNDERSTAND])


@pytest.fixture
def lines(caplog, monkeypatch):
    """`lines("dicom.refused")` are the fields of these lines of the log."""
    monkeypatch.setattr(logging.getLogger("center"), "propagate", True)
    caplog.set_level(logging.INFO, "center")
    return lambda event: [line.fields for line in caplog.records if line.getMessage() == event]


def test_a_refused_object_is_found_by_device_number_and_reason(listening, made, as_loader, lines):
    with listening() as port:
        sent(port, made)
        made.PixelData = bytes(len(made.PixelData))
        (answer,) = answered(port, made, calling="CT_EAST")

    assert answer.ErrorComment == "Other content is stored under this SOP Instance UID."
    (line,) = lines("dicom.refused")
    assert (line["device"], line["object"], line["status"]) == ("CT_EAST", made.SOPInstanceUID, "C000")
    assert "other content" in line["message"]
    with as_loader() as session:
        asked = select(QuarantinedFile).where(QuarantinedFile.sop_instance_uid == made.SOPInstanceUID)
        (row,) = session.scalars(asked)
    assert row.calling_ae_title == "CT_EAST"
    assert "other content" in row.why


def test_an_object_that_cannot_be_read_is_refused_for_its_reason(listening, made, lines):
    made.Rows = 0

    with listening() as port:
        (answer,) = answered(port, made)

    assert (answer.Status, answer.ErrorComment) == (
        CANNOT_UNDERSTAND,
        "The picture has no rows or no columns.",
    )
    assert [line["object"] for line in lines("dicom.refused")] == [made.SOPInstanceUID]


@pytest.mark.parametrize("change", [{"SOPInstanceUID": "1.2.3.4"}, {"SOPClassUID": MRImageStorage}])
def test_another_object_than_was_announced_is_no_success(listening, made, as_loader, monkeypatch, change):
    other = deepcopy(made)
    for keyword, value in change.items():
        setattr(other, keyword, value)
    monkeypatch.setattr("pynetdicom.association.encode", lambda _announced, *how: encode(other, *how))

    with listening() as port:
        (answer,) = answered(port, made)

    assert answer.Status == DATA_SET_DOES_NOT_MATCH
    assert 0 < len(answer.ErrorComment) <= LONGEST_COMMENT
    with as_loader() as session:
        numbers = {made.SOPInstanceUID, other.SOPInstanceUID}
        found = select(Instance.id).where(Instance.sop_instance_uid.in_(numbers))
        assert session.scalar(found) is None


def test_whatever_befalls_us_a_device_hears_that_nothing_is_kept(listening, made, lines, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archive_gateway.dimse.listener.file_received", full)

    with listening() as port:
        (answer,) = answered(port, made)

    assert (answer.Status, answer.ErrorComment) == (OUT_OF_RESOURCES, TRY_LATER)
    (line,) = lines("dicom.failed")
    assert (line["device"], line["object"]) == ("DEVICE", made.SOPInstanceUID)


def test_explicit_little_endian_is_taken_where_a_device_leaves_the_choice(listening):
    entity = AE(ae_title="DEVICE")
    entity.add_requested_context(
        CTImageStorage, ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2", ExplicitVRLittleEndian]
    )

    with listening() as port:
        association = entity.associate("127.0.0.1", port, ae_title="DISPATCH")
        (context,) = association.accepted_contexts
        association.release()

    assert context.transfer_syntax == [ExplicitVRLittleEndian]


def test_kinds_of_object_and_devices_that_are_turned_away_leave_a_line(listening, made, lines):
    entity = AE(ae_title="OLD_ONE")
    entity.add_requested_context(VERIFICATION)
    entity.add_requested_context("1.2.840.113619.4.26")

    with listening() as port:
        entity.associate("127.0.0.1", port, ae_title="DISPATCH").release()
    with listening(calling_ae_titles=["KNOWN"]) as port:
        sent(port, made, calling="STRANGER")

    (refused,) = lines("dicom.contexts_refused")
    assert (refused["device"], refused["message"]) == ("OLD_ONE", "1.2.840.113619.4.26")
    assert [line["device"] for line in lines("dicom.association_refused")] == ["STRANGER"]


def test_a_device_is_told_when_the_database_goes_away(listening, made, as_loader):
    asked = []

    def going():
        asked.append(None)
        if len(asked) > 1:
            raise OSError("no database")
        return as_loader()

    with listening(transactions=going) as port:
        assert sent(port, made) == [OUT_OF_RESOURCES]


def test_no_association_begins_while_nobody_can_say_who_may_send(listening, made, lines):
    def nowhere():
        raise OSError("no database")

    with listening(transactions=nowhere) as port:
        assert sent(port, made) is None

    (line,) = lines("dicom.association_refused")
    assert (line["device"], line["message"]) == ("DEVICE", "The register of devices cannot be read now.")


def test_a_list_of_devices_keeps_others_out(listening, made):
    with listening(calling_ae_titles=["KNOWN"]) as port:
        assert sent(port, made, calling="STRANGER") is None
        assert sent(port, made, calling="KNOWN") == [SUCCESS]


def test_an_empty_list_keeps_everybody_out(listening, made):
    with listening(calling_ae_titles=[]) as port:
        assert sent(port, made) is None


@pytest.mark.parametrize(
    ("profile", "named", "permitted"),
    [
        (Profile.PRODUCTION, "CT1, MR2,", ["CT1", "MR2"]),
        (Profile.PRODUCTION, " ,", []),
        (Profile.PRODUCTION, "", []),
        (Profile.DEMO, "", None),
        (Profile.DEMO, "CT1", ["CT1"]),
        (Profile.TEST, "", None),
    ],
)
def test_production_lets_in_only_devices_that_are_named(profile, named, permitted):
    assert permitted_callers(Settings(profile=profile, dicom_calling_ae_titles=named)) == permitted


def test_production_without_a_list_says_which_setting_is_missing(caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("center"), "propagate", True)
    caplog.set_level(logging.WARNING, "center")

    permitted_callers(Settings(profile=Profile.PRODUCTION))

    ((level, sentence),) = {(line.levelname, line.fields["message"]) for line in caplog.records}
    assert level == "WARNING"
    assert "DICOM_CALLING_AE_TITLES" in sentence


@pytest.fixture
def registered(as_loader, people):
    """`registered(…)` enters a device with a name of its own; gives the name and its facility."""

    def enter(**told):
        title, facility_id = f"T{uuid4().hex[:12].upper()}", people.facility()
        with as_loader() as session:
            session.add(Device(ae_title=title, facility_id=facility_id, **told))
        return title, facility_id

    return enter


def test_a_device_of_the_register_may_send_and_its_pictures_are_of_its_facility(
    listening, made, registered, as_loader
):
    title, facility_id = registered()

    with listening(calling_ae_titles=[]) as port:
        assert sent(port, made, calling=title) == [SUCCESS]
        assert sent(port, made, calling="STRANGER") is None

    with as_loader() as session:
        asked = select(Study.facility_id).where(Study.study_instance_uid == made.StudyInstanceUID)
        assert session.scalar(asked) == facility_id


def test_a_device_that_calls_another_than_us_is_turned_away(listening, made, registered, lines):
    title, _ = registered(called_ae_title="SOMEBODY_ELSE")

    with listening() as port:
        assert sent(port, made, calling=title) is None

    (line,) = [line for line in lines("dicom.association_refused") if line["device"] == title]
    assert "another AE title" in line["message"]


def test_a_kind_that_the_settings_name_comes_from_every_device(listening, made):
    private, other = "1.2.840.113619.4.30", "1.2.840.113619.4.27"
    made.SOPClassUID = private
    entity = AE(ae_title="ANYBODY")
    for kind in (private, other, CTImageStorage):
        entity.add_requested_context(kind, ExplicitVRLittleEndian)
    named = further_storage_classes(Settings(dicom_further_storage_classes=f" {private},{private} "))

    with listening(further_storage_classes=named) as port:
        association = entity.associate("127.0.0.1", port, ae_title="DISPATCH")
        kinds = {each.abstract_syntax for each in association.accepted_contexts}
        status = association.send_c_store(made).Status
        association.release()

    assert (kinds, status) == ({private, CTImageStorage}, 0x0000)


def test_a_kind_of_object_that_is_no_uid_is_told_before_anything_listens():
    with pytest.raises(CannotRun, match="DICOM_FURTHER_STORAGE_CLASSES"):
        further_storage_classes(Settings(dicom_further_storage_classes="1.2.840, CT"))


def test_a_device_sends_the_kinds_that_the_register_names_private_ones_too(listening, made, registered):
    private = "1.2.840.113619.4.26"
    title, _ = registered(storage_classes=[private])
    made.SOPClassUID = private
    entity = AE(ae_title=title)
    for kind in (private, CTImageStorage):
        entity.add_requested_context(kind, ExplicitVRLittleEndian)

    with listening() as port:
        association = entity.associate("127.0.0.1", port, ae_title="DISPATCH")
        kinds = {each.abstract_syntax for each in association.accepted_contexts}
        status = association.send_c_store(made).Status
        association.release()

    assert (kinds, status) == ({private}, SUCCESS)


def test_texts_of_a_device_are_read_as_the_register_says(listening, made, registered, as_loader):
    title, _ = registered(default_character_set="koi8_r")
    # Two letters are too few to be guessed.
    made.add_new(0x00081030, "LO", "ОГ".encode("koi8_r"))
    made.PatientName = "Test"

    with listening() as port:
        assert sent(port, made, calling=title) == [SUCCESS]

    with as_loader() as session:
        asked = select(Study.description).where(Study.study_instance_uid == made.StudyInstanceUID)
        assert session.scalar(asked) == "ОГ"


def test_dcmtk_is_heard_and_its_pictures_are_stored(listening, shared_data, as_loader):
    require("dcmtk", present=bool(shutil.which("echoscu") and shutil.which("storescu")))
    files = sorted((shared_data / "dicom" / "series_bad" / "sliceincrement_002").glob("*.dcm"))

    with listening() as port:
        address = ["-aec", "DISPATCH", "127.0.0.1", str(port)]
        assert subprocess.run(["echoscu", *address], check=False).returncode == 0
        assert subprocess.run(["storescu", *address, *files], check=False).returncode == 0

    with as_loader() as session:
        uids = [dcmread(file, stop_before_pixels=True).SOPInstanceUID for file in files]
        found = session.scalars(select(Instance).where(Instance.sop_instance_uid.in_(uids))).all()
    assert len(found) == len(files)
