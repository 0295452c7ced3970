"""One study that a citizen shows by a link: it opens in the viewer with all that it holds, and no other does."""

import pytest

from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.metadata.actions import pack_series
from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.storing import store_file
from tests.emr.notes.factories import signed_note
from tests.identity.shares.sharing import LINKS, RECORD, Sharing
from tests.pages import read


@pytest.fixture(scope="module")
def ingestor(settings):
    with Ingestor.at(settings) as opened:
        yield opened


@pytest.fixture
def sharing(app, client_for) -> Sharing:
    return Sharing(app, client_for)


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def patient(people, doctor):
    return people.patient(cared_for_at=doctor.facility_id, family_name="Показова")


@pytest.fixture
def stored(as_loader, ingestor, tmp_path, people):
    """`stored(patient)` puts a study of the patient into the archive, its headers packed."""

    def put(patient, name):
        made = write(data_set(patient=patient, StudyDescription=name), tmp_path / name)
        with as_loader() as session:
            filed = store_file(session, made.path, ingestor=ingestor)
        with as_loader() as session:
            pack_series(session, filed.series_id)
        return made

    return put


def addresses_of(study):
    """Everything that the archive sends of a study, and the viewer's page."""
    series = f"/shared/archive/studies/{study.study_uid}/series"
    instance = f"{series}/{study.series_uid}/instances/{study.instance_uid}"
    return (
        f"/shared/images/{study.study_uid}",
        series,
        f"/shared/archive/studies/{study.study_uid}/metadata",
        f"/shared/archive/studies/{study.study_uid}/pictures/1",
        f"{series}/{study.series_uid}/metadata",
        instance,
        f"{instance}/frames/1",
        f"{instance}/frames/1/rendered",
    )


def test_the_study_opens_with_all_that_it_holds_and_nothing_else_does(
    sharing, as_actor, people, doctor, patient, stored, walled
):
    shown, other, anothers = (
        stored(patient, "Chest"),
        stored(patient, "Knee"),
        stored(people.patient(), "Hip"),
    )
    entry_id = signed_note(as_actor, doctor, patient.id)
    given = sharing.of_study(patient, shown.study_uid)
    walled()
    browser = sharing.looking(given)

    page = browser.get(RECORD)

    assert "Chest" in read(page)
    assert f"/shared/images/{shown.study_uid}" in page.text
    assert {each: browser.get(each).status_code for each in addresses_of(shown)} == dict.fromkeys(
        addresses_of(shown), 200
    )
    assert {browser.get(each).status_code for each in (*addresses_of(other), *addresses_of(anothers))} == {
        404
    }
    assert browser.get(f"{RECORD}/{entry_id}").status_code == 404
    assert "Knee" not in page.text


def test_a_link_to_entries_opens_no_images(sharing, patient, stored, walled):
    study = stored(patient, "Chest")
    given = sharing.given(patient, kinds=["image", "note"])
    walled()
    browser = sharing.looking(given)

    assert {browser.get(each).status_code for each in addresses_of(study)} == {404}


def test_nobody_shares_anothers_study(sharing, people, patient, stored, walled):
    study = stored(patient, "Chest")
    other = sharing.browser_of(people.patient())
    walled()

    assert other.get(f"/my/images/{study.study_uid}/share").status_code == 404
    assert sharing.send(other, study_uid=study.study_uid, kinds=[]).status_code == 404
    assert "/revocation" not in other.get(LINKS).text


def test_taken_back_no_frame_is_sent(sharing, patient, stored):
    study = stored(patient, "Chest")
    browser = sharing.browser_of(patient)
    stranger = sharing.looking(sharing.of_study(browser, study.study_uid))
    before = {stranger.get(each).status_code for each in addresses_of(study)}

    sharing.revoke(browser)

    assert before == {200}
    page, *archive = (stranger.get(each).status_code for each in addresses_of(study))
    assert (page, set(archive)) == (303, {401})


def test_the_citizen_reads_that_the_images_were_looked_at(sharing, patient, stored):
    study = stored(patient, "Chest")
    browser = sharing.browser_of(patient)
    stranger = sharing.looking(sharing.of_study(browser, study.study_uid))
    for address in addresses_of(study):
        stranger.get(address)

    log = read(browser.get("/my/access"))

    assert "Images were looked at: Chest" in log
    assert "By your link “кардиолог в Самаре”" in log
