"""Whoever does not recognise an access asks, by a day of the law, and is answered in words."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from emr.chart.actions import open_chart
from foundation.clock import today
from foundation.errors import NotFound, RuleBroken, Stale
from foundation.identifiers import new_id
from identity.roles import Role
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import acts_on
from portal.notices.actions import add_objection_notice
from portal.objections.actions import (
    answer_objection,
    list_waiting_objections,
    open_objection,
    raise_objection,
)
from portal.objections.enumerations import ObjectionState
from portal.objections.queries import own_objections, term_on
from portal.objections.rules import is_overdue
from tests.pages import filled, read

WORDS = "The doctor replaced your own that day, at your clinic."


@pytest.fixture
def officer(people):
    return people.staff(Role.PRIVACY_OFFICER, facility_id=people.center())


@pytest.fixture
def looked(somebody, as_actor) -> int:
    """The number of the audit row of a doctor's look at the record."""
    return _look(somebody, as_actor)


def _look(somebody, as_actor) -> int:
    with as_actor(somebody.doctor.actor) as session:
        open_chart(session, somebody.patient.id)
    with as_actor(somebody.patient.actor) as session:
        acts = acts_on(session, shown=AccessLogFilter.OTHERS, limit=50)
    return next(each.id for each in acts if each.act == "chart.opened")


def _raised(somebody, as_actor, act_id: int, words: str = "Never been there") -> UUID:
    with as_actor(somebody.patient.actor) as session:
        return raise_objection(session, act_id, words=words)


def _answer(as_actor, officer, case: UUID, state: ObjectionState, seen: int = 0, words: str = WORDS) -> None:
    with as_actor(officer.actor) as session:
        answer_objection(session, case, state=state, words=words, seen_steps=seen)


def test_a_case_is_raised_on_a_line_and_answered_and_the_citizen_is_told(
    somebody, looked, officer, client_for, as_worker, as_administrator
):
    log = somebody.browser.get("/my/access")
    assert f'href="/my/access/{looked}/objection"' in log.text
    form = somebody.browser.get(f"/my/access/{looked}/objection")
    assert "You will be answered within 14 days." in read(form)

    sent = somebody.browser.post(
        f"/my/access/{looked}/objection", data=filled(form, words="Never been there"), follow_redirects=True
    )
    assert "Received, not answered yet" in read(sent)
    assert "Why it was allowed You are registered with this clinic" in read(sent)

    desk = client_for(officer.actor)
    desk.set_cookie("language", "en")
    address = re.search(r"/my/objections/([0-9a-f-]{36})", sent.request.path)[1]
    assert f'href="/privacy/objections/{address}"' in desk.get("/privacy/objections").text
    page = desk.get(f"/privacy/objections/{address}")
    assert "Never been there" in read(page)
    assert "You are registered with this clinic" in read(page)
    answered = desk.post(
        f"/privacy/objections/{address}",
        data=filled(page, verdict="not_founded", words=WORDS),
        follow_redirects=True,
    )
    assert "The answer was sent to the patient." in read(answered)
    assert f"/privacy/objections/{address}" not in answered.text

    shown = read(somebody.browser.get(f"/my/objections/{address}"))
    assert "This access was allowed" in shown
    assert WORDS in shown
    with as_administrator() as connection:
        payload = connection.execute(
            text("SELECT payload FROM foundation.outbox_message WHERE payload ->> 'object_id' = :case"),
            {"case": address},
        ).scalar_one()
    with as_worker() as session:
        add_objection_notice(session, payload)
    assert "Your question about an access was answered" in read(somebody.browser.get("/my"))
    again = somebody.browser.get(f"/my/access/{looked}/objection")
    assert again.location.endswith(f"/my/objections/{address}")


def test_asked_twice_about_one_act_it_is_one_case(somebody, as_actor, looked):
    assert _raised(somebody, as_actor, looked) == _raised(somebody, as_actor, looked)
    assert _raised(somebody, as_actor, _look(somebody, as_actor)) != _raised(somebody, as_actor, looked)


def test_nobody_asks_about_another_s_record_nor_about_themselves(somebody, as_actor, looked, people, walls):
    stranger = people.patient()
    with as_actor(stranger.actor) as session, pytest.raises(NotFound):
        raise_objection(session, looked, words="")
    somebody.browser.get("/my/timeline")
    with as_actor(somebody.patient.actor) as session:
        own = acts_on(session, shown=AccessLogFilter.OWN, limit=1)[0].id
    with as_actor(somebody.patient.actor) as session, pytest.raises(NotFound):
        raise_objection(session, own, words="")


def test_a_case_is_open_to_its_citizen_and_to_the_officer_alone(
    somebody, as_actor, looked, officer, people, walls
):
    case = _raised(somebody, as_actor, looked)

    for actor in (somebody.patient.actor, officer.actor):
        with as_actor(actor) as session:
            assert [each.id for each in open_objection(session, case).cases] == [case]
    for actor in (people.patient().actor, somebody.doctor.actor, people.dispatcher().actor):
        with as_actor(actor) as session, pytest.raises(NotFound):
            open_objection(session, case)


@pytest.mark.parametrize(
    "table", ["emr.entry", "identity.patient", "archive.study", "foundation.audit_event"]
)
def test_the_officer_reads_no_record(somebody, as_actor, looked, officer, table):
    _raised(somebody, as_actor, looked)

    with as_actor(officer.actor) as session:
        assert (
            session.execute(text(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) rows")).scalar() == 0
        )


def test_what_the_audit_tells_otherwise_is_not_taken(somebody, as_actor, looked, as_administrator):
    case = _raised(somebody, as_actor, looked)
    _look(somebody, as_actor)
    with as_actor(somebody.patient.actor) as session:
        other = acts_on(session, shown=AccessLogFilter.OTHERS, limit=1)[0].id
        told = (
            "INSERT INTO portal.objection (id, patient_id, audit_event_id, accessed_at, staff_id, facility_id, role, act, "
            "reason, care_bases, words, raised_at, due_on, basis_en, basis_ru) "
            "SELECT :id, patient_id, :event, accessed_at, staff_id, facility_id, role, 'entry.signed', reason, care_bases, "
            "words, raised_at, due_on, basis_en, basis_ru FROM portal.objection WHERE id = :case"
        )
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.execute(text(told), {"id": new_id(), "event": other, "case": case})
        session.rollback()


def test_a_case_that_needs_action_stays_open_and_a_closed_one_is_answered_no_more(
    somebody, as_actor, looked, officer
):
    case = _raised(somebody, as_actor, looked)
    _answer(as_actor, officer, case, ObjectionState.NEEDS_ACTION)
    assert case in _waiting(as_actor, officer)

    with pytest.raises(Stale):
        _answer(as_actor, officer, case, ObjectionState.FOUNDED, seen=0)
    _answer(as_actor, officer, case, ObjectionState.FOUNDED, seen=1)

    assert case not in _waiting(as_actor, officer)
    with pytest.raises(RuleBroken):
        _answer(as_actor, officer, case, ObjectionState.FOUNDED, seen=2)


def _waiting(as_actor, officer) -> list[UUID]:
    with as_actor(officer.actor) as session:
        return [each.id for each in list_waiting_objections(session).cases]


def test_a_citizen_cannot_answer_nor_take_a_case_from_the_desk(somebody, as_actor, looked, officer):
    case = _raised(somebody, as_actor, looked)

    with as_actor(somebody.patient.actor) as session:
        session.execute(text("DELETE FROM portal.waiting_objection WHERE objection_id = :id"), {"id": case})
    assert case in _waiting(as_actor, officer)
    with pytest.raises((ProgrammingError, RuleBroken)):
        _answer(as_actor, somebody.patient, case, ObjectionState.FOUNDED)


def test_each_act_of_a_case_stands_in_the_list_of_who_looked(somebody, as_actor, looked, officer):
    case = _raised(somebody, as_actor, looked)
    with as_actor(officer.actor) as session:
        open_objection(session, case)
    _answer(as_actor, officer, case, ObjectionState.FOUNDED)

    page = read(somebody.browser.get("/my/access?whose=everyone"))

    assert "You asked about an access" in page
    assert "Role: Privacy officer." in page
    assert "Your question about an access was opened" in page
    assert "Your question about an access was answered" in page


@pytest.mark.parametrize(
    ("state", "days_ago", "overdue"),
    [
        (ObjectionState.RECEIVED, 0, False),
        (ObjectionState.RECEIVED, 1, True),
        (ObjectionState.NEEDS_ACTION, 1, False),
        (ObjectionState.FOUNDED, 1, False),
    ],
)
def test_a_case_is_overdue_from_the_day_after_while_nobody_has_answered(state, days_ago, overdue):
    assert is_overdue(today() - timedelta(days=days_ago), state, today=today()) is overdue


def test_an_overdue_case_is_told_as_overdue(somebody, as_actor, looked, officer, client_for, monkeypatch):
    case = _raised(somebody, as_actor, looked)
    monkeypatch.setattr("portal.objections.queries.today", lambda: today() + timedelta(days=15))
    desk = client_for(officer.actor)
    desk.set_cookie("language", "en")

    assert "Overdue: the law wanted an answer by" in read(somebody.browser.get(f"/my/objections/{case}"))
    assert "Overdue" in read(desk.get("/privacy/objections"))


@pytest.mark.parametrize(
    ("day", "days"), [(date(2022, 8, 31), 30), (date(2022, 9, 1), 14), (date(2026, 5, 3), 14)]
)
def test_the_term_is_that_of_the_law_of_the_day(somebody, as_actor, day, days):
    with as_actor(somebody.patient.actor) as session:
        assert term_on(session, day).days == days


def test_the_case_keeps_the_day_that_was_promised(somebody, as_actor, looked):
    _raised(somebody, as_actor, looked)

    with as_actor(somebody.patient.actor) as session:
        (case,) = own_objections(session).cases
    assert case.due_on == today() + timedelta(days=14)
    assert case.basis.en.startswith("Federal law 152-FZ")


@pytest.mark.parametrize(
    ("address", "current"),
    [("/my", "Home"), ("/my/access", "Who looked"), ("/my/objections", "Who looked"), ("/my/devices", None)],
)
def test_the_menu_marks_the_page_that_a_page_belongs_to(somebody, client_for, address, current):
    """What stands under the first page's address is not for that the first page."""
    page = client_for(somebody.patient.actor).get(address, headers={"Accept-Language": "en"}).text

    marked = re.findall(r'aria-current="(?:page|true)">([^<]+)</a>', page.partition("<main")[0])

    assert marked == ([current] if current else [])
