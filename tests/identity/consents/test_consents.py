"""A person is asked for a consent, answers, takes it back, and reads all of it; nobody else answers for them who may not."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from foundation.actor import Actor, ActorKind
from foundation.clock import now, today
from foundation.errors import NotFound
from foundation.identifiers import new_id
from identity.access.enumerations import Scope
from identity.consents.actions import decide_consent
from identity.consents.enumerations import Decision, Purpose
from identity.consents.queries import consented
from identity.consents.rules import TEXT_VERSIONS
from identity.delegations.enumerations import DelegationKind
from tests.pages import filled, read

PAGE = "/my/consents"
CHILD_BORN = today() - timedelta(days=9 * 365)


@pytest.fixture
def person(people):
    return people.patient(family_name="Согласова")


@pytest.fixture
def browser(acting, person):
    return acting.browser_of(person)


def answer(browser, purpose="research", decision="permit", **changes):
    form = filled(browser.get(PAGE), purpose=purpose, decision=decision, seen="1")
    return browser.post(PAGE, data={**form, **changes})


@pytest.fixture
def stands(as_worker):
    def asked(person, purpose=Purpose.RESEARCH):
        with as_worker() as session:
            return consented(session, person.id, purpose)

    return asked


def test_nobody_consents_who_was_not_asked(browser, person, stands):
    page = read(browser.get(PAGE))

    assert page.count("You have not answered. That counts as no.") == len(Purpose)
    assert "Nobody has answered anything yet." in page
    assert not any(stands(person, each) for each in Purpose)


def test_a_yes_stands_for_its_purpose_alone_and_a_no_takes_it_back(browser, person, stands):
    given = answer(browser)
    while_given = read(browser.get(PAGE))
    stood = [stands(person, each) for each in (Purpose.RESEARCH, Purpose.SHARING)]
    taken_back = answer(browser, decision="deny")
    afterwards = read(browser.get(PAGE))

    assert (given.status_code, given.location) == (303, PAGE)
    assert "You agree." in while_given
    assert stood == [True, False]
    assert taken_back.status_code == 303
    assert not stands(person)
    assert "Research. Did not agree (text No. 1)" in afterwards
    assert "Research. Agreed (text No. 1)" in afterwards


def test_the_same_answer_twice_is_one_row(browser):
    answer(browser)
    answer(browser)

    assert read(browser.get(PAGE)).count("Research. Agreed") == 1


def test_the_access_log_tells_of_both(browser):
    answer(browser)
    answer(browser, decision="deny")

    log = read(browser.get("/my/access?whose=own"))

    assert "You agreed to something that you were asked for" in log
    assert "You did not agree to something that you were asked for, or no longer" in log


def test_a_text_that_has_changed_is_asked_for_anew(browser, person, stands, monkeypatch):
    answer(browser)
    monkeypatch.setitem(TEXT_VERSIONS, Purpose.RESEARCH, 2)

    stood = stands(person)
    monkeypatch.setitem(TEXT_VERSIONS, Purpose.RESEARCH, 1)
    stale = answer(browser, seen="7")

    assert not stood
    assert stale.status_code == 412
    assert "The text has changed meanwhile" in read(stale)


@pytest.mark.parametrize(
    "wrong", [{"decision": "maybe"}, {"purpose": "everything"}, {"seen": ""}, {"seen": "x"}, {"decision": ""}]
)
def test_a_form_with_a_mistake_keeps_nothing(browser, wrong):
    answered = answer(browser, **wrong)

    assert answered.status_code == 422
    assert "Nobody has answered anything yet." in read(browser.get(PAGE))


def test_a_parent_answers_for_a_child_and_it_ends_at_the_child_s_birthday(
    acting, people, browser, person, stands, as_administrator
):
    child = people.patient(birth_date=CHILD_BORN)
    right = acting.let(person, child, kind=DelegationKind.PARENT, ends_at=None)
    parent = acting.acting(person, right)

    answered = answer(parent)
    stood = stands(child)
    told = read(acting.browser_of(child).get(PAGE))
    with as_administrator() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE identity.consent SET stands_until = now() WHERE patient_id = :child"),
            {"child": child.id},
        )

    assert answered.status_code == 303
    assert stood
    assert "Soglasova" in told
    assert not stands(child)
    assert "Their right to is over" in read(acting.browser_of(child).get(PAGE))


def test_what_a_guardian_answered_ends_when_the_right_is_taken_back(acting, people, person, stands):
    ward = people.patient()
    right = acting.let(person, ward, kind=DelegationKind.GUARDIAN)

    answer(acting.acting(person, right))
    stood = stands(ward)
    acting.take_back(right)

    assert stood
    assert not stands(ward)


def test_a_parent_of_a_child_who_decides_alone_answers_nothing(acting, people, person, stands):
    child = people.patient(birth_date=today() - timedelta(days=16 * 365))
    parent = acting.acting(person, acting.let(person, child, kind=DelegationKind.PARENT, ends_at=None))

    refused = answer(parent)

    assert refused.status_code == 409
    assert "old enough to decide this alone" in read(refused)
    assert not stands(child)


def test_whoever_sees_everything_by_an_own_grant_decides_nothing(acting, people, person, stands):
    giver = people.patient()

    refused = answer(acting.acting(person, acting.let(person, giver)))

    assert refused.status_code == 409
    assert "Only the person themself" in read(refused)
    assert not stands(giver)


def test_a_right_over_a_part_does_not_show_the_page(acting, people, person, walls):
    giver = people.patient()
    delegate = acting.acting(person, acting.let(person, giver, scopes=(Scope.RECORD,)))

    assert delegate.get(PAGE).status_code == 403


def test_nobody_else_learns_how_somebody_answered(browser, person, people, as_actor, walls):
    answer(browser)
    stranger, doctor = people.patient(), people.doctor()

    for actor in (stranger.actor, doctor.actor):
        with as_actor(actor) as session:
            assert not consented(session, person.id, Purpose.RESEARCH)


@pytest.mark.parametrize("whose", ["another's", "by no right", "in the past"])
def test_the_database_takes_no_answer_from_anybody_else(people, person, as_actor, whose):
    values = {
        "patient": people.patient().id if whose == "another's" else person.id,
        "delegation": new_id() if whose == "by no right" else None,
        "until": now() if whose == "by no right" else None,
        "at": now() - timedelta(days=1) if whose == "in the past" else None,
    }

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(person.actor) as session:
        session.execute(
            text(
                "INSERT INTO identity.consent (id, patient_id, purpose, decision, text_version, delegation_id, stands_until, "
                "decided_at) VALUES (gen_random_uuid(), :patient, 'research', 'permit', 1, CAST(:delegation AS uuid), "
                ":until, coalesce(:at, now()))"
            ),
            values,
        )


def test_an_answer_in_the_name_of_a_right_that_is_not_there_is_refused(person, as_actor):
    acting_for = Actor(
        ActorKind.DELEGATE,
        account_id=person.actor.account_id,
        patient_id=person.id,
        role="patient",
        delegation_id=new_id(),
    )

    with pytest.raises(NotFound), as_actor(acting_for) as session:
        decide_consent(session, Purpose.RESEARCH, decision=Decision.PERMIT, seen_version=1)
