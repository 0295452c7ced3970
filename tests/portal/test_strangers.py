"""Another person's address answers like one that never was, and each of the two walls holds alone."""

from uuid import uuid4

import pytest

from tests.archive_gateway.studies.factories import study_of
from tests.emr.notes.factories import signed_note
from tests.pages import read


@pytest.fixture
def stranger(people, client_for):
    browser = client_for(people.patient().actor)
    browser.set_cookie("language", "en")
    return browser


def answer(browser, address: str) -> tuple[int, str]:
    page = browser.get(address)
    return page.status_code, read(page)


def test_another_s_entry_looks_like_none(somebody, stranger, as_actor, walls):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)

    assert answer(stranger, f"/my/timeline/{entry}") == answer(stranger, f"/my/timeline/{uuid4()}")
    assert answer(stranger, f"/my/timeline/{entry}")[0] == 404
    assert somebody.browser.get(f"/my/timeline/{entry}").status_code == 200


def test_another_s_study_looks_like_none(somebody, stranger, as_loader, walls):
    study = study_of(as_loader, somebody.patient.id)

    assert answer(stranger, f"/my/images/{study}") == answer(stranger, "/my/images/1.2.3.4.5")
    assert answer(stranger, f"/my/images/{study}")[0] == 404
    assert somebody.browser.get(f"/my/images/{study}").status_code == 200


def test_lists_hold_nothing_of_others(somebody, stranger, as_actor, as_loader, walls):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)
    study = study_of(as_loader, somebody.patient.id)

    addresses = ("/my", "/my/timeline", "/my/dispatch", "/my/images", "/my/access?whose=everyone")
    told = (str(entry), study, "Doktorov")

    answers = [stranger.get(each) for each in addresses]
    own_pages = "".join(somebody.browser.get(each).get_data(as_text=True) for each in addresses)

    assert [each.status_code for each in answers] == [200] * len(addresses)
    assert not any(word in each.get_data(as_text=True) for each in answers for word in told)
    assert [word for word in told if word in own_pages] == list(told)


def test_another_s_entry_leaves_no_line_that_it_was_read(somebody, stranger, as_actor):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)

    stranger.get(f"/my/timeline/{entry}")

    assert "An entry was read" not in read(somebody.browser.get("/my/access?whose=everyone"))


def test_a_doctor_s_session_opens_no_citizen_s_page(somebody, client_for):
    desk = client_for(somebody.doctor.actor)

    assert desk.get("/my/timeline").status_code == 303
