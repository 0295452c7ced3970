"""A person asks that something be erased, reads until when the law has it kept, and what may be erased is erased for ever."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from foundation.clock import today
from foundation.errors import RuleBroken, Stale
from foundation.identifiers import new_id
from identity.roles import STAFF_ROLES
from portal.erasures.enumerations import CLOSED, ErasureState, RetentionKind
from portal.erasures.queries import own_erasures, retention_periods
from portal.erasures.rules import is_overdue, kept_until, require_answerable
from portal.notices.actions import add_erasure_notice
from tests.emr.notes.factories import signed_note
from tests.pages import filled, read

PAGE, DESK = "/my/erasure", "/privacy/erasures"
WORDS = "The law has your record kept; the rest was looked at."


def ask(browser, words="Удалите всё обо мне"):
    return browser.post(PAGE, data=filled(browser.get(PAGE), words=words))


def asked(browser):
    answer = ask(browser)
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("/")[2]


def answer(desk, request_id, verdict, seen="0", words=WORDS):
    address = f"{DESK}/{request_id}"
    return desk.post(address, data=filled(desk.get(address), seen=seen, verdict=verdict, words=words))


@pytest.fixture
def browsers_known(as_administrator):
    """With which browsers the person was signed in, as it is still kept."""

    def told(person):
        with as_administrator() as connection:
            rows = connection.execute(
                text("SELECT browser_family FROM identity.session WHERE patient_id = :id ORDER BY began_at"),
                {"id": person.id},
            )
            return list(rows.scalars())

    return told


@pytest.mark.parametrize(
    ("last", "years", "until"),
    [
        (date(2026, 5, 3), 25, date(2051, 5, 3)),
        (date(2024, 2, 29), 5, date(2029, 2, 28)),
        (date(2026, 5, 3), None, None),
        (date(9990, 5, 3), 25, date(9999, 5, 3)),
    ],
)
def test_until_when_it_is_kept_counts_from_the_last_that_was_added(last, years, until):
    assert kept_until(last, years) == until


@pytest.mark.parametrize(
    ("state", "days", "late"),
    [
        (ErasureState.RECEIVED, 0, False),
        (ErasureState.RECEIVED, 1, True),
        (ErasureState.EXTENDED, 1, True),
        (ErasureState.KEPT, 1, False),
    ],
)
def test_it_is_late_from_the_day_after_until_it_is_closed(state, days, late):
    assert is_overdue(today(), state, today=today() + timedelta(days=days)) is late


@pytest.mark.parametrize(
    ("state", "given", "erasable", "seen", "refused"),
    [
        (ErasureState.RECEIVED, ErasureState.KEPT, False, 1, Stale),
        (ErasureState.KEPT, ErasureState.KEPT, True, 0, RuleBroken),
        (ErasureState.EXTENDED, ErasureState.EXTENDED, True, 0, RuleBroken),
        (ErasureState.RECEIVED, ErasureState.ERASED, False, 0, RuleBroken),
    ],
)
def test_what_cannot_be_answered_is_refused(state, given, erasable, seen, refused):
    with pytest.raises(refused):
        require_answerable(state, given, erasable=erasable, steps=0, seen_steps=seen)


def test_every_kind_has_a_period_of_today_with_its_basis(person, as_actor):
    with as_actor(person.actor) as session:
        periods = retention_periods(session)

    assert [each.kind for each in periods] == list(RetentionKind)
    assert all(each.basis.en and each.basis.ru for each in periods)
    assert [each.kind for each in periods if each.years is None] == [RetentionKind.DEVICES]


def test_everybody_signed_in_reads_for_how_long_what_is_kept(browser, people, client_for):
    pages = [browser.get(PAGE)]
    for role in STAFF_ROLES:
        desk = client_for(people.staff(role).actor)
        desk.set_cookie("language", "en")
        pages.append(desk.get("/staff/retention"))

    for page in pages:
        assert "25 years from the last that was added" in read(page)
        assert "have yet to confirm this term" in read(page)


def test_a_request_has_a_number_a_day_of_the_law_and_what_is_kept_until_when(
    people, acting, as_actor, browser, person
):
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    signed_note(as_actor, doctor, patient.id)
    own = acting.browser_of(patient)

    page = read(own.get(ask(own).location))
    with as_actor(patient.actor) as session:
        (case,) = own_erasures(session).requests

    assert case.due_on == today() + timedelta(days=14)
    assert "152-FZ" in page
    assert "Received, not answered yet" in page
    kept = {each.kind: each.kept_until for each in case.items}
    # The note is of May 2026.
    assert kept[RetentionKind.RECORD] == date(2051, 5, 3)
    assert kept[RetentionKind.DEVICES] is None


def test_while_one_waits_no_second_is_made_and_nobody_is_told_that_it_was(browser):
    form = browser.get(PAGE)
    asked(browser)

    again = browser.post(PAGE, data=filled(form, words="Something else"))
    page = read(browser.get(PAGE))

    assert again.status_code == 409
    assert "so this one was not sent" in read(again)
    assert "is not answered yet. You can send another one when it is." in page
    assert "Send the request" not in page


def test_the_officer_answers_what_is_kept_and_the_person_reads_it(browser, desk, person, as_actor, as_worker):
    request_id = asked(browser)
    listed = read(desk.get(DESK))
    answered = answer(desk, request_id, "kept")
    page = read(browser.get(f"{PAGE}/{request_id}"))
    payload = {"patient_id": str(person.id), "object_id": request_id, "number": 1}
    with as_worker() as session:
        add_erasure_notice(session, payload)

    assert "No." in listed
    assert (answered.status_code, answered.location) == (303, DESK)
    assert "Answered: the law has it kept" in page
    assert WORDS in page
    assert "Kept until" in page
    assert request_id not in desk.get(DESK).text
    assert "Your request for erasure was answered" in read(browser.get("/my"))
    assert "Your request for erasure was answered" in read(browser.get("/my/access"))


def test_what_may_be_erased_is_erased_and_what_is_used_now_is_not(
    acting, person, people, desk, browsers_known, as_administrator
):
    other = people.patient()
    for each in (person, other):
        acting.browser_of(each)
    browser = acting.browser_of(person)
    with as_administrator() as connection:
        connection.execute(
            text(
                "UPDATE identity.session SET browser_family = 'Firefox', browser_system = 'Linux' WHERE patient_id IN (:a, :b)"
            ),
            {"a": person.id, "b": other.id},
        )
        connection.execute(
            text(
                "UPDATE identity.session SET expires_at = now() WHERE id IN (SELECT id FROM identity.session "
                "WHERE patient_id = :a ORDER BY began_at LIMIT 1)"
            ),
            {"a": person.id},
        )
    request_id = asked(browser)

    answer(desk, request_id, "erased")

    assert browsers_known(person) == ["", "Firefox"]
    assert browsers_known(other) == ["Firefox"]
    assert "Erased for ever: the browser of 1 earlier session." in read(browser.get(f"{PAGE}/{request_id}"))


def test_the_term_is_lengthened_once_and_said(browser, desk, person, as_actor):
    request_id = asked(browser)

    first = answer(desk, request_id, "extended")
    again = answer(desk, request_id, "extended", seen="1")
    with as_actor(person.actor) as session:
        (case,) = own_erasures(session).requests

    assert (first.status_code, again.status_code) == (303, 409)
    assert case.due_on == today() + timedelta(days=21)
    assert case.state not in CLOSED
    assert "The term was lengthened" in read(browser.get(f"{PAGE}/{request_id}"))
    assert request_id in desk.get(DESK).text


def test_what_was_not_read_is_not_answered(browser, desk):
    request_id = asked(browser)

    assert answer(desk, request_id, "kept", seen="3").status_code == 412


@pytest.mark.parametrize("wrong", [{"words": ""}, {"words": "я" * 2001}])
def test_a_request_with_a_mistake_keeps_nothing(browser, wrong):
    refused = ask(browser, **wrong)

    assert refused.status_code == 422
    assert "Your requests" not in read(browser.get(PAGE))


@pytest.mark.parametrize("wrong", [{"words": "short"}, {"verdict": "whatever"}])
def test_an_answer_with_a_mistake_is_not_sent(browser, desk, wrong):
    request_id = asked(browser)

    assert answer(desk, request_id, **{"verdict": "kept", **wrong}).status_code == 422
    assert "Received, not answered yet" in read(browser.get(f"{PAGE}/{request_id}"))


def test_another_s_request_is_as_one_that_is_not_there(browser, acting, people, walls):
    request_id = asked(browser)
    stranger = acting.browser_of(people.patient())

    foreign, absent = (stranger.get(f"{PAGE}/{each}") for each in (request_id, new_id()))

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert read(foreign) == read(absent)


def test_nobody_but_the_officer_answers_or_erases(browser, people, client_for, as_actor, person):
    request_id = asked(browser)
    doctor = people.doctor()

    assert client_for(doctor.actor).get(f"{DESK}/{request_id}").status_code == 403
    for actor in (doctor.actor, person.actor):
        with pytest.raises(ProgrammingError, match="erases nothing"), as_actor(actor) as session:
            session.execute(text("SELECT portal.erase_what_may_be(:id)"), {"id": request_id})


def test_whoever_sees_by_an_own_grant_asks_for_nothing(acting, people, person):
    friend = people.patient()

    refused = ask(acting.acting(friend, acting.let(friend, person)))

    assert refused.status_code == 409
    assert "Only the person themself" in read(refused)
