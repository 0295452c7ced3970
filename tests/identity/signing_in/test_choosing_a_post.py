"""However often a place of work is chosen, one session comes of one choice."""

import threading

import pytest
from sqlalchemy import text

import identity.signing_in.routes.posts
from identity.roles import Role
from identity.sessions.queries.sessions import sign_in_of
from tests.identity.journeys import STAFF_COOKIE
from tests.identity.provider_process import sign_in_with_card
from tests.pages import filled, offered
from tests.people import give_post


@pytest.fixture
def doctor(people, as_loader):
    """A doctor of two places."""
    made = people.doctor()
    with as_loader() as session:
        give_post(session, made.id, people.facility(), Role.DOCTOR)
    return made


@pytest.fixture
def desk(client, provider, doctor):
    """Their browser, before a place is chosen."""
    card = provider.know(sub=f"sub-{doctor.id}", snils=doctor.snils, birth_date="1970-01-01")
    sign_in_with_card(client, card, way="/staff/sign-in/demo-desk")
    return client


@pytest.fixture
def living(as_administrator, doctor):
    """How many sessions the doctor has, and how many began at all."""

    def counted():
        asked = text(
            "SELECT count(*) FILTER (WHERE e.session_id IS NULL), count(*) FROM identity.session s "
            "LEFT JOIN identity.session_end e ON e.session_id = s.id WHERE s.staff_id = :id"
        )
        with as_administrator() as connection:
            return tuple(connection.execute(asked, {"id": doctor.id}).one())

    return counted


def test_a_form_sent_again_after_its_answer_begins_nothing(desk, living):
    """Its guard against forgery went with the session that it was drawn for."""
    page = desk.get("/staff/post")
    form = filled(page, post=offered(page, "post")[0])

    first = desk.post("/staff/post", data=form)
    cookie = desk.get_cookie(STAFF_COOKIE).value
    again = desk.post("/staff/post", data=form)

    assert (first.status_code, first.location, again.status_code) == (303, "/emr", 422)
    assert desk.get_cookie(STAFF_COOKIE).value == cookie
    assert sign_in_of(cookie).actor.role == "doctor"
    assert living() == (1, 2)


def test_the_session_before_the_choice_is_dead_after_it(app, desk):
    """Whoever knew the token of a session without a role must not hold one with a role by it."""
    before = desk.get_cookie(STAFF_COOKIE).value
    page = desk.get("/staff/post")

    desk.post("/staff/post", data=filled(page, post=offered(page, "post")[0]))

    after = desk.get_cookie(STAFF_COOKIE).value
    assert after != before
    assert (sign_in_of(before), sign_in_of(after).actor.role) == (None, "doctor")
    thief = app.test_client()
    thief.set_cookie(STAFF_COOKIE, before)
    assert thief.get("/emr").status_code == 303


def test_the_session_changes_with_every_change_of_place(desk):
    """From one post to another and back, each time with another token."""
    tokens = [desk.get_cookie(STAFF_COOKIE).value]
    for at in (0, 1, 0):
        page = desk.get("/staff/post")
        desk.post("/staff/post", data=filled(page, post=offered(page, "post")[at]))
        tokens.append(desk.get_cookie(STAFF_COOKIE).value)

    assert len(set(tokens)) == len(tokens)
    assert [sign_in_of(each) is not None for each in tokens] == [False, False, False, True]


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_without_a_key_no_session_begins(desk, living, key):
    page = desk.get("/staff/post")
    form = {**filled(page, post=offered(page, "post")[0]), "idempotency_key": key}

    assert desk.post("/staff/post", data=form).status_code == 422
    assert living() == (1, 1)


@pytest.mark.parametrize(
    ("second", "statuses"),
    [("the same form", [303, 303]), ("its key with another place", [303, 422]), ("another form", [303, 409])],
)
def test_two_forms_at_the_same_moment_begin_one_session(app, desk, living, monkeypatch, second, statuses):
    pages = [desk.get("/staff/post"), desk.get("/staff/post")]
    here, there = offered(pages[0], "post")
    first = filled(pages[0], post=here)
    others = {
        "the same form": first,
        "its key with another place": {**first, "post": there},
        "another form": filled(pages[1], post=there),
    }
    forms = [first, others[second]]
    both_are_in = threading.Barrier(2, timeout=20)
    asked = identity.signing_in.routes.posts.own_provider_session

    def waiting(session):
        both_are_in.wait()
        return asked(session)

    monkeypatch.setattr(identity.signing_in.routes.posts, "own_provider_session", waiting)
    answers = []
    windows = [
        threading.Thread(
            target=lambda form=form: answers.append(_beside(app, desk).post("/staff/post", data=form))
        )
        for form in forms
    ]
    for each in windows:
        each.start()
    for each in windows:
        each.join()

    assert sorted(answer.status_code for answer in answers) == statuses
    assert sum(STAFF_COOKIE in answer.headers.get("Set-Cookie", "") for answer in answers) == 1
    assert living() == (1, 2)


def _beside(app, browser):
    """A second window of the same browser."""
    window = app.test_client()
    for name in (STAFF_COOKIE, app.config["SESSION_COOKIE_NAME"]):
        window.set_cookie(name, browser.get_cookie(name).value)
    return window
