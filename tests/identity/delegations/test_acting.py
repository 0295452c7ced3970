"""Whoever may act for somebody opens their record with two presses, as far as the right goes and while it lives."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from foundation.actor import ActorKind
from foundation.audit import AuditEvent
from foundation.clock import now, today
from identity.access.enumerations import Scope
from identity.delegations.enumerations import DelegationKind
from identity.sessions.queries.sessions import sign_in_of
from tests.identity.delegations.acting import BACK, HOME, REPRESENTATION
from tests.identity.journeys import CITIZEN_COOKIE
from tests.pages import filled, read

PARENT = {"kind": DelegationKind.PARENT, "ends_at": None, "basis": "Birth certificate"}
CHILD_BORN = date(today().year - 9, 5, 20)
ABSENT = "/my/timeline/0198a3c4-0000-7000-8000-000000000000"
BANNER = "You are looking at the record of"


@pytest.fixture
def mother(people):
    return people.patient(family_name="Матерева", given_name="Мария")


@pytest.fixture
def child(people):
    return people.patient(family_name="Детин", given_name="Иван", birth_date=CHILD_BORN)


def token_in(browser):
    return browser.get_cookie(CITIZEN_COOKIE).value


def test_a_mother_opens_her_child_s_record_from_her_first_page(acting, mother, child, walls):
    right = acting.let(mother, child, **PARENT)
    browser = acting.browser_of(mother)
    own = read(browser.get(HOME))

    answer = acting.go_on(browser, right)
    page = read(browser.get(answer.location))

    assert "Records you may open" in own
    assert BANNER not in own
    assert (answer.status_code, answer.location) == (303, HOME)
    assert BANNER in page
    assert "Records you may open" not in page
    assert sign_in_of(token_in(browser)).actor.patient_id == child.id


@pytest.mark.parametrize("page", [HOME, "/my/timeline", "/my/dispatch", "/my/images", "/my/access", ABSENT])
def test_every_page_says_whose_record_it_is(acting, mother, child, page):
    browser = acting.acting(mother, acting.let(mother, child, **PARENT))

    assert BANNER in read(browser.get(page))


def test_the_list_of_who_looked_tells_its_reader_whom_it_speaks_to(acting, mother, child):
    spoken_to = "In this list “you” means"

    own = read(acting.browser_of(mother).get("/my/access"))
    acted = read(acting.acting(mother, acting.let(mother, child, **PARENT)).get("/my/access"))

    assert spoken_to not in own
    assert f"{spoken_to} Detin " in acted


def test_one_press_leads_back_and_the_session_is_a_new_one_each_time(acting, mother, child):
    right = acting.let(mother, child, **PARENT)
    browser = acting.browser_of(mother)
    tokens = [token_in(browser)]
    acting.go_on(browser, right)
    tokens.append(token_in(browser))
    answer = browser.post(BACK)
    tokens.append(token_in(browser))

    assert answer.location == HOME
    assert BANNER not in read(browser.get(HOME))
    assert [sign_in_of(each) is not None for each in tokens] == [False, False, True]
    assert sign_in_of(tokens[2]).actor.patient_id == mother.id


def test_a_right_that_is_taken_back_is_dead_on_the_next_request(acting, mother, child):
    right = acting.let(mother, child, **PARENT)
    browser = acting.acting(mother, right)

    acting.take_back(right)

    assert browser.get(HOME).status_code == 303
    assert sign_in_of(token_in(browser)) is None


def test_a_right_ends_at_its_moment(acting, mother, people, as_administrator):
    somebody = people.patient()
    right = acting.let(mother, somebody, ends_at=now() + timedelta(seconds=2))
    browser = acting.acting(mother, right)
    alive = sign_in_of(token_in(browser))

    with as_administrator() as connection:
        connection.execute(text("SELECT pg_sleep(2.1)"))

    assert alive is not None
    assert sign_in_of(token_in(browser)) is None


def test_a_child_who_turns_out_to_be_of_age_is_represented_by_nobody(acting, mother, child, as_administrator):
    """The birth date is corrected; the right still says the day that followed from the old one."""
    browser = acting.acting(mother, acting.let(mother, child, **PARENT))

    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.patient SET birth_date = '1990-01-01' WHERE id = :id"), {"id": child.id}
        )

    assert sign_in_of(token_in(browser)) is None


@pytest.mark.parametrize("whose", ["another's", "of nobody", "over", "backwards"])
def test_no_other_right_opens_anything(acting, mother, child, people, whose, walls):
    rights = {
        "another's": lambda: acting.let(people.patient(), child, **PARENT),
        "of nobody": lambda: "0198a3c4-0000-7000-8000-000000000000",
        "over": lambda: acting.let(mother, child, **PARENT),
        "backwards": lambda: acting.let(people.patient(), mother),
    }
    right = rights[whose]()
    if whose == "over":
        acting.take_back(right)
    browser = acting.browser_of(mother)
    # A form of a right that lives, so that only what it names is wrong.
    acting.let(mother, people.patient())
    before = token_in(browser)

    answer = browser.post(REPRESENTATION, data=filled(browser.get(HOME), delegation=str(right)))

    assert answer.status_code == 404
    assert token_in(browser) == before
    assert sign_in_of(before).actor.patient_id == mother.id


def test_nobody_goes_on_from_one_to_the_next(acting, mother, child, people):
    """What the child may do for others is not the mother's."""
    grandmother = people.patient()
    browser = acting.acting(mother, acting.let(mother, child, **PARENT))
    further = acting.let(child, grandmother)

    page = browser.get(HOME)
    answer = browser.post(REPRESENTATION, data=filled(page, delegation=str(further)))

    assert answer.status_code in (404, 422)
    assert sign_in_of(token_in(browser)).actor.patient_id == child.id


def test_a_form_opened_for_one_person_is_not_carried_out_for_another(acting, mother, child, people):
    right, other = acting.let(mother, child, **PARENT), acting.let(mother, people.patient())
    browser = acting.browser_of(mother)
    stale = filled(browser.get(HOME), delegation=str(other))
    acting.go_on(browser, right)

    answer = browser.post(REPRESENTATION, data=stale)

    assert answer.status_code == 422
    assert sign_in_of(token_in(browser)).actor.patient_id == child.id


def test_the_represented_person_sees_who_it_was(acting, mother, people, client_for, walls):
    somebody = people.patient()
    browser = acting.acting(mother, acting.let(mother, somebody))
    browser.get("/my/timeline")

    own = client_for(somebody.actor)
    own.set_cookie("language", "en")
    others, mine = read(own.get("/my/access")), read(own.get("/my/access?whose=own"))

    assert "Matereva" in others
    assert "You let this person act for you" in others
    assert "The record was opened" in others
    assert "Matereva" not in mine


def test_a_child_reads_that_it_was_the_mother(acting, mother, child, client_for):
    browser = acting.acting(mother, acting.let(mother, child, **PARENT))

    assert "Your mother" in read(browser.get("/my/access"))


def test_every_act_names_the_right_by_which_it_was_done(acting, mother, child, as_loader, as_administrator):
    right = acting.let(mother, child, **PARENT)
    browser = acting.acting(mother, right)
    browser.get("/my/timeline")

    with as_administrator() as connection:
        rows = connection.execute(
            select(AuditEvent.act, AuditEvent.actor_kind, AuditEvent.delegation_id, AuditEvent.account_id)
            .where(AuditEvent.patient_id == child.id, AuditEvent.actor_kind != ActorKind.SYSTEM)
            .order_by(AuditEvent.id)
        ).all()
    account = mother.actor.account_id
    assert [tuple(each) for each in rows] == [
        (act, "delegate", right, account) for act in ("session.started", "timeline.opened")
    ]


def test_what_is_new_to_the_person_stays_new_when_somebody_looks_on_their_behalf(
    acting, mother, child, as_administrator
):
    acting.acting(mother, acting.let(mother, child, **PARENT)).get(HOME)

    with as_administrator() as connection:
        visits = connection.execute(
            text("SELECT count(*) FROM portal.record_visit WHERE patient_id = :id"), {"id": child.id}
        ).scalar_one()
    assert visits == 0


def test_a_press_sent_twice_begins_one_session(acting, mother, child, as_administrator):
    right = acting.let(mother, child, **PARENT)
    browser = acting.browser_of(mother)
    form = filled(browser.get(HOME), delegation=str(right))

    answers = [browser.post(REPRESENTATION, data=form).status_code for _ in range(2)]

    assert answers == [303, 422]
    with as_administrator() as connection:
        began = connection.execute(
            text("SELECT count(*) FROM identity.session WHERE delegation_id = :id"), {"id": right}
        ).scalar_one()
    assert began == 1


def test_who_came_of_age_lately_is_told_of_and_opened_by_nobody(acting, mother, people, as_administrator):
    """The birthday was yesterday: nothing had to be done for it."""
    born = today().replace(day=1) - timedelta(days=17 * 365)
    young = people.patient(family_name="Взрослев", birth_date=born)
    right = acting.let(mother, young, **PARENT)
    yesterday = today() - timedelta(days=1)
    of_age = yesterday.replace(year=yesterday.year - 18, day=min(yesterday.day, 28))
    with as_administrator() as connection:
        connection.execute(
            text("UPDATE identity.patient SET birth_date = :born WHERE id = :id"),
            {"born": of_age, "id": young.id},
        )

    browser = acting.browser_of(mother)
    page = browser.get(HOME)

    assert "Your child came of age on" in read(page)
    assert "Open this record" not in read(page)
    answer = browser.post(REPRESENTATION, data=filled(page, delegation=str(right)))
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("scope", Scope)
def test_a_right_over_one_part_shows_the_pages_of_that_part(acting, mother, people, scope):
    pages = {Scope.RECORD: "/my/timeline", Scope.BOOKINGS: "/my/dispatch", Scope.IMAGES: "/my/images"}
    browser = acting.acting(mother, acting.let(mother, people.patient(), scopes=[scope]))

    statuses = {each: browser.get(page).status_code for each, page in pages.items()}

    assert statuses == {each: 200 if each is scope else 403 for each in Scope}
    assert browser.get("/my/access").status_code == 403
    assert browser.get(HOME).status_code == 200


def test_the_database_begins_no_session_for_somebody_without_a_right(acting, mother, child, as_actor):
    """As whoever runs SQL of their own as the web would try it: with a right that is another's, or none."""
    from dataclasses import replace

    right = acting.let(acting.people.patient(), child, **PARENT)
    forged = replace(
        mother.actor,
        kind=ActorKind.DELEGATE,
        patient_id=child.id,
        own_patient_id=mother.id,
        delegation_id=right,
    )
    acting.browser_of(mother)

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(forged) as session:
        session.execute(
            text(
                "INSERT INTO identity.session (id, token_sha256, account_id, actor_kind, patient_id, role, provider, "
                "issuer, subject, provider_session, level, authenticated_at, began_at, last_seen_at, expires_at, "
                "delegation_id, own_patient_id) VALUES (gen_random_uuid(), '\\x00'::bytea, :account, 'delegate', :child, "
                "'patient', '', '', '', '', 3, now(), now(), now(), now() + interval '1 hour', :right, :mother)"
            ),
            {"account": mother.actor.account_id, "child": child.id, "right": right, "mother": mother.id},
        )


def test_no_act_is_written_under_a_right_that_is_not_the_actor_s(acting, mother, child, as_actor):
    right = acting.let(mother, child, **PARENT)

    with pytest.raises(ProgrammingError, match="row-level security"), as_actor(mother.actor) as session:
        session.execute(
            text(
                "INSERT INTO foundation.audit_event (actor_kind, account_id, role, patient_id, act, object_kind, reason, "
                "delegation_id) VALUES ('citizen', :account, 'patient', :child, 'x.opened', '', '', :right)"
            ),
            {"account": mother.actor.account_id, "child": child.id, "right": right},
        )


def test_ending_the_sessions_of_either_ends_those_in_which_one_acts_for_the_other(
    acting, mother, people, command
):
    for whose in ("delegate", "represented"):
        somebody = people.patient()
        browser = acting.acting(mother, acting.let(mother, somebody))
        person = mother if whose == "delegate" else somebody

        assert command("end-sessions", "--snils", person.snils).exit_code == 0
        assert sign_in_of(token_in(browser)) is None, whose
