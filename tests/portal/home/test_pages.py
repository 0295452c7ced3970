"""The way in, and the first page."""

from tests.pages import read


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
