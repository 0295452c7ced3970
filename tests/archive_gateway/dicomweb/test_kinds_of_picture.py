"""Kinds of picture are told in words, on every page and in the reader's language."""

import html
import json
import re

import pytest

from tests.archive_gateway.dicom.factories import data_set, write

RUSSIAN = {"Accept-Language": "ru"}
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def study(people, store, tmp_path):
    """A patient with a study of three kinds, one of them without a word of ours; and their doctor."""
    facility = people.facility()
    patient = people.patient(cared_for_at=facility)
    image = write(data_set(patient=patient, Modality="XA"), tmp_path / "XA")
    store(image.path)
    for modality in ("SR", "ZZ"):
        beside = data_set(patient=patient, Modality=modality, StudyInstanceUID=image.study_uid)
        store(write(beside, tmp_path / modality).path)
    return patient, people.doctor(facility_id=facility), image


def link_to(address: str, page: str) -> str:
    """What the link says."""
    return html.unescape(re.search(rf'href="{re.escape(address)}"[^>]*>([^<]*)<', page)[1]).strip()


@pytest.mark.parametrize(
    ("language", "words"), [(RUSSIAN, "Ангиография, Заключение, ZZ"), (ENGLISH, "Angiogram, Report, ZZ")]
)
def test_the_chart_tells_a_doctor_everything_that_a_study_holds(study, client_for, language, words):
    patient, doctor, image = study
    chart = f"/emr/patients/{patient.id}"
    viewer = f"{chart}/images/{image.study_uid}"
    desk = client_for(doctor.actor)

    assert link_to(viewer, desk.get(chart, headers=language).text).startswith(words)
    assert f"<title>{words}" in re.sub(r"\s*\n\s*", "", desk.get(viewer, headers=language).text)


@pytest.mark.parametrize(("language", "words"), [(RUSSIAN, "Ангиография"), (ENGLISH, "Angiogram")])
def test_a_citizen_is_told_what_was_examined_and_how(study, client_for, language, words):
    patient, _, image = study

    page = client_for(patient.actor).get("/my/images", headers=language).text

    assert link_to(f"/my/images/{image.study_uid}", page) == words


@pytest.mark.parametrize(
    ("language", "angiogram", "report"),
    [(RUSSIAN, "Ангиография", "Заключение"), (ENGLISH, "Angiogram", "Report")],
)
def test_the_viewer_takes_its_words_from_the_same_catalogue(study, client_for, language, angiogram, report):
    patient, _, image = study

    page = client_for(patient.actor).get(f"/my/images/{image.study_uid}", headers=language).text

    texts = json.loads(html.unescape(re.search(r"data-texts='([^']*)'", page)[1]))
    assert texts["modalities"]["XA"] == angiogram
    assert texts["modalities"]["SR"] == report
    assert texts["modalities"]["RF"]
    assert texts["loading"]
