"""The pictures: drawn the same every time, decodable, and telling what they should."""

from io import BytesIO

import numpy as np
import pydicom
import pytest

from archive_gateway.studies.queries.studies import studies_of
from demo.pictures import drawings
from demo.pictures.drawings import drawing
from demo.pictures.files import files_of
from demo.pictures.plan import PictureStudy, pictures_of
from demo.pictures.wrist import wrist
from demo.region import make_region

STUDIES = pictures_of(make_region())


@pytest.mark.parametrize("study", STUDIES, ids=lambda study: f"{study.citizen.name.family} {study.day}")
def test_every_picture_decodes_and_bears_its_patient(study: PictureStudy):
    files = [pydicom.dcmread(BytesIO(each)) for each in files_of(study)]

    assert len(files) == study.images
    for file in files:
        assert file.PatientID == study.citizen.snils
        assert str(file.PatientName).startswith(study.citizen.name.family)
        assert file.StudyInstanceUID == study.study_instance_uid
        assert file.pixel_array.std() > 0


def test_the_same_picture_is_drawn_every_time():
    assert np.array_equal(wrist("broken"), wrist("broken"))
    assert list(files_of(STUDIES[0])) == list(files_of(STUDIES[0]))


def test_what_is_kept_is_what_would_be_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings, "KEPT", tmp_path / "drawn")
    drawings.drawing.cache_clear()
    drawings.keep_drawings()

    for name in ("wrist set", "breast", "fetus"):
        kept, drawn = drawings.drawing(name), drawings.draw(name)
        assert [each.dtype for each in kept] == [each.dtype for each in drawn]
        assert all(np.array_equal(*pair) for pair in zip(kept, drawn, strict=True))
    drawings.drawing.cache_clear()


def test_what_other_code_drew_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(drawings, "KEPT", tmp_path)
    other = tmp_path / ("0" * 64)
    other.mkdir(parents=True)
    np.save(other / "wrist set.npy", np.zeros((1, 2, 2)))
    drawings.drawing.cache_clear()

    assert drawings.drawing("wrist set")[0].std() > 0


def test_the_wrist_looks_different_before_after_and_healed():
    before, after, healed = (
        drawing(f"wrist {state}")[0].astype(int) for state in ("broken", "set", "healed")
    )

    assert np.abs(before - after).mean() > 100
    assert np.abs(after - healed).mean() > 50


def test_the_chest_is_in_hounsfield_units():
    middle = drawing("chest")[12]

    assert middle.min() < -950
    assert np.any((middle > -900) & (middle < -750))
    assert np.any(middle > 400)


def test_the_heart_of_the_child_beats():
    film = drawing("fetus")[0].astype(int)

    assert len(film) == 24
    assert np.abs(film[2] - film[6]).max() > 40


def test_slices_lie_one_after_the_other():
    study = next(each for each in STUDIES if each.modality == "CT" and each.images > 1)

    places = [pydicom.dcmread(BytesIO(each)).ImagePositionPatient[2] for each in files_of(study)]

    assert len(set(np.diff([float(place) for place in places]))) == 1


def test_the_archive_holds_each_study_for_its_patient(loaded):
    for citizen in {each.citizen.id: each.citizen for each in pictures_of(loaded.region)}.values():
        reader = loaded.actor_of(citizen)
        with loaded.reading_as(reader) as session:
            held = {card.study_instance_uid: card for card in studies_of(session, citizen.id)}
        for study in pictures_of(loaded.region):
            if study.citizen.id == citizen.id:
                assert held[study.study_instance_uid].instance_count == study.images
                assert held[study.study_instance_uid].facility_id
