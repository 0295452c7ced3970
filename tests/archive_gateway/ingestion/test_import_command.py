"""`import-dicom` as an operator runs it: a process of its own, one closing line of JSON."""

import json
import os
from pathlib import Path

import pydicom
import pytest
from sqlalchemy import select

from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.studies import Study
from tests.archive_gateway.dicom.factories import data_set, write

WHEEL = Path(pydicom.__file__).parent / "data" / "test_files"


def closing_line(done) -> dict:
    (line,) = done.stdout.splitlines()
    account = json.loads(line)
    taken, refused = account["stored"] + account["unchanged"], len(account["quarantined"])
    assert done.returncode == (0 if not refused else 3 if taken else 1), done.stderr
    assert account["files"] == (
        account["stored"] + account["unchanged"] + len(account["quarantined"]) + len(account["not_dicom"])
    )
    return account


def test_every_shared_file_is_accounted_for_and_the_second_time_changes_nothing(run, shared_data, as_loader):
    folder = shared_data / "dicom"
    files = {str(each) for each in folder.rglob("*") if each.is_file()}

    first, second = closing_line(run("import-dicom", folder)), closing_line(run("import-dicom", folder))

    assert first["files"] == second["files"] == len(files)
    assert first["stored"] > 110
    assert second["stored"] == 0
    assert second["unchanged"] == first["stored"] + first["unchanged"]
    assert second["quarantined"] == first["quarantined"]
    named = [each["file"] for each in first["quarantined"] + first["not_dicom"]]
    assert len(set(named)) == len(named)
    assert set(named) <= files
    assert all(each["why"] for each in first["quarantined"] + first["not_dicom"])
    phantom = set((folder / "series_ct_philips_phantom").rglob("I*"))
    assert not {str(each) for each in phantom} & set(named)


def test_the_hostile_files_of_the_wheel_are_accounted_for(run):
    account = closing_line(run("import-dicom", WHEEL))

    whys = {Path(each["file"]).name: each["why"] for each in account["quarantined"] + account["not_dicom"]}
    assert "DICOMDIR" in whys["DICOMDIR-nooffset"]
    assert "middle of the pixels" in whys["MR_truncated.dcm"]
    assert "transfer syntax" in whys["meta_missing_tsyntax.dcm"]
    assert whys["zipMR.gz"] == "It is not a DICOM file."


def test_an_operator_names_patient_and_facility(run, people, tmp_path, as_loader):
    patient = people.patient()
    image = write(data_set(), tmp_path / "in" / "a.dcm")
    with as_loader() as session:
        from identity.facilities.queries import all_facilities

        people.facility("T-IMPORT")
        facility = next(each for each in all_facilities(session) if each.code == "T-IMPORT")

    account = closing_line(
        run("import-dicom", image.path, "--patient", patient.snils, "--facility", "T-IMPORT")
    )

    assert account["stored"] == 1
    with as_loader() as session:
        study = session.scalar(select(Study).where(Study.study_instance_uid == image.study_uid))
        assert (study.patient_id, study.facility_id) == (patient.id, facility.id)
        assert session.scalar(
            select(Instance.patient_id).where(Instance.study_instance_uid == image.study_uid)
        )


def test_an_unassigned_study_is_assigned_by_a_command(run, people, tmp_path, as_loader):
    patient = people.patient()
    image = write(data_set(), tmp_path / "a.dcm")
    closing_line(run("import-dicom", image.path))

    done = run("assign-study", image.study_uid, patient.id)

    assert done.returncode == 0, done.stderr
    with as_loader() as session:
        assert (
            session.scalar(select(Study.patient_id).where(Study.study_instance_uid == image.study_uid))
            == patient.id
        )


def test_what_was_set_aside_and_what_is_nobodys_can_be_listed(run, tmp_path):
    waiting = write(data_set(PatientName="Nobody^Known"), tmp_path / "waiting.dcm")
    broken = write(data_set(), tmp_path / "broken.dcm")
    broken.path.write_bytes(broken.path.read_bytes()[:-20])
    assert run("import-dicom", broken.path).returncode == 1
    closing_line(run("import-dicom", waiting.path))

    aside, nobodys = (
        [json.loads(line) for line in run(command).stdout.splitlines()]
        for command in ("list-quarantine", "list-unassigned")
    )

    (file,) = [each for each in aside if each.get("source") == str(broken.path)]
    assert file["why"] == "The file ends in the middle of the pixels."
    assert aside[-1]["quarantined"] == len(aside) - 1
    assert aside[-1]["bytes"] == sum(each["size"] for each in aside[:-1])
    assert aside[-1]["bytes"] + aside[-1]["room_for_bytes"] == 20_000_000_000
    (study,) = [each for each in nobodys if each.get("study_instance_uid") == waiting.study_uid]
    assert study["sent_patient_name"] == "Nobody^Known"
    assert nobodys[-1] == {"unassigned": len(nobodys) - 1}


def test_a_study_is_given_by_importing_it_again_with_a_patient(run, people, tmp_path, as_loader):
    patient = people.patient()
    image = write(data_set(), tmp_path / "a.dcm")
    closing_line(run("import-dicom", image.path))

    account = closing_line(run("import-dicom", image.path, "--patient", patient.snils))

    assert account["unchanged"] == 1
    with as_loader() as session:
        asked = select(Study.patient_id).where(Study.study_instance_uid == image.study_uid)
        assert session.scalar(asked) == patient.id


def test_odd_things_in_a_folder_are_accounted_for(run, tmp_path):
    folder = tmp_path / "odd"
    write(data_set(), folder / "deep" / "er" / "снимок.dcm")
    (folder / "empty").touch()
    (folder / os.fsdecode(b"not-\xff-utf8")).write_bytes(b"x")
    (folder / "gone").symlink_to(folder / "nowhere")
    (folder / os.fsdecode(b"\xff\xfebroken.dcm")).write_bytes(bytes(128) + b"DICM" + b"\x99" * 50)
    os.mkfifo(folder / "pipe")

    account = closing_line(run("import-dicom", folder))

    assert (account["files"], account["stored"]) == (6, 1)
    assert any(each["file"].endswith("broken.dcm") for each in account["quarantined"])


@pytest.mark.parametrize(
    ("words", "environment", "sentence"),
    [
        (["/no/such/folder"], {}, "There is no file or folder /no/such/folder."),
        (
            [WHEEL / "CT_small.dcm", "--facility", "NOWHERE"],
            {},
            "There is no facility with the code NOWHERE.",
        ),
        ([WHEEL / "CT_small.dcm", "--patient", "00000000000"], {}, "Record not found."),
        (
            [WHEEL / "CT_small.dcm"],
            {"DATABASE_URL": "postgresql://center_loader:x@127.0.0.1:21499/nothing"},
            "The database cannot be reached",
        ),
        ([WHEEL / "CT_small.dcm"], {"IMAGE_STORE_URL": "file:///proc/no-store"}, "This cannot be done"),
    ],
)
def test_a_command_that_cannot_run_says_so_in_one_sentence(run, words, environment, sentence):
    done = run("import-dicom", *words, **environment)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr
