"""Who is not signed in: a person is led to the door, a program is told so in the words of its interface."""

import pytest

from foundation.web.refusals import SHOWS_NO_PAGES


@pytest.mark.parametrize(
    ("address", "door"),
    [("/my/timeline", "/sign-in"), ("/emr", "/staff/sign-in"), ("/dispatch", "/staff/sign-in")],
)
def test_a_person_is_led_to_the_door(client, address, door):
    answer = client.get(address)

    assert (answer.status_code, answer.location) == (303, f"{door}?asked_for={address}")


@pytest.mark.parametrize(
    "address", ["/archive/studies/1.2.3/metadata", "/emr/archive/studies/1.2.3/metadata"]
)
def test_a_program_is_told_so_as_problem_details(client, address):
    answer = client.get(address, headers={"Accept-Language": "ru"})

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.get_json(force=True)["detail"] == "Сначала войдите."


def test_a_service_without_pages_sends_nobody_to_a_door(app, monkeypatch):
    monkeypatch.setitem(app.config, SHOWS_NO_PAGES, True)

    assert app.test_client().get("/my").status_code == 401
