"""The pages around the record: the way in, the first page, images."""

import pytest

from tests.portal.factories import read, study_of


def test_a_stranger_is_told_what_this_is_and_how_to_sign_in(client):
    client.set_cookie("language", "en")

    page = client.get("/")

    assert "Your health record, referrals and images in one place" in read(page)
    assert 'href="/sign-in"' in page.get_data(as_text=True)
    assert 'href="/staff/sign-in"' in page.get_data(as_text=True)


def test_who_is_signed_in_goes_straight_to_their_page(somebody):
    answer = somebody.browser.get("/")

    assert (answer.status_code, answer.location) == (303, "/my")


def test_nothing_recorded_is_not_called_nothing_known(somebody):
    page = read(somebody.browser.get("/my"))

    assert "Allergies Not recorded. This does not mean that you have none" in page
    assert "None known" not in page


def test_an_empty_record_says_so_calmly(somebody):
    assert "No visit is planned." in read(somebody.browser.get("/my"))
    assert "Your record is empty so far." in read(somebody.browser.get("/my/timeline"))
    assert "You have no referrals." in read(somebody.browser.get("/my/dispatch"))
    assert "There are no images yet." in read(somebody.browser.get("/my/images"))


def test_images_are_listed_and_open_in_the_viewer(somebody, as_loader):
    study = study_of(as_loader, somebody.patient.id)

    listed = somebody.browser.get("/my/images")
    viewer = somebody.browser.get(f"/my/images/{study}")

    assert "Chest" in read(listed)
    assert "5 March 2026" in read(listed)
    assert f'data-study="{study}"' in viewer.get_data(as_text=True)
    assert 'data-archive="/archive"' in viewer.get_data(as_text=True)
    assert "wasm-unsafe-eval" in viewer.headers["Content-Security-Policy"]
    assert "wasm-unsafe-eval" not in listed.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/my", "/my/timeline", "/my/dispatch", "/my/images", "/my/access"])
def test_no_page_stays_in_a_cache(somebody, address):
    assert somebody.browser.get(address).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    [
        "/my/timeline?year=" + "9" * 400,
        "/my/timeline?before=" + "9" * 400,
        "/my/access?before=" + "9" * 400,
        "/my/images/%00",
        "/my/images/" + "1." * 200 + "1",
    ],
)
def test_an_absurd_address_is_no_fault_of_ours(somebody, address):
    assert somebody.browser.get(address).status_code in (200, 404)
