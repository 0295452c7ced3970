"""From an age on, entries with a label are a child's own matter, and closed to its parents from that midnight on."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from emr.summaries.tables import EntrySummary
from foundation.actor import Actor, ActorKind
from foundation.clock import now, today, zone
from identity.delegations.enumerations import DelegationKind
from identity.delegations.rules.ages import birthday, turns
from identity.sessions.queries import sessions
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import acts_on
from portal.notices.actions import add_entry_notice
from portal.notices.queries import notice_rows
from tests.emr.notes.factories import signed_note
from tests.identity.delegations.acting import Acting
from tests.identity.journeys import CITIZEN_COOKIE
from tests.pages import read
from tests.people import MadePatient

SENTENCE = "By law your child decides alone about some kinds of care"


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator):
    return Acting(people, client_for, as_loader, as_administrator)


def so_old(years, *, days=0):
    """Who was born on that day is so many years old since today, or so many days earlier or later."""
    day = today() + timedelta(days=days)
    if (day.month, day.day) == (2, 29):
        day -= timedelta(days=1)
    return day.replace(year=day.year - years)


class Family(NamedTuple):
    """A child with a note that has a label and one that has none, and the browser of who acts for it."""

    child: MadePatient
    sad: UUID
    plain: UUID
    mother: FlaskClient


@pytest.fixture
def family(people, acting, as_actor, doctor):
    """`family(birth)`: a child of that birth with its two notes, and its mother, who acts for it."""

    def made(born, kind=DelegationKind.PARENT, code="F32.1"):
        child = people.patient(birth_date=born, cared_for_at=doctor.facility_id)
        mother = people.patient()
        sad = signed_note(as_actor, doctor, child.id, diagnosis_code=code, diagnosis="Тайное")
        plain = signed_note(as_actor, doctor, child.id)
        changes = {"ends_at": None} if kind is DelegationKind.PARENT else {}
        right = acting.let(mother, child, kind=kind, **changes)
        return Family(child, sad, plain, acting.acting(mother, right))

    return made


def told(browser, of):
    """What of the two entries the pages tell: the list, the entry, the record as FHIR, the first page, who looked."""
    sad, plain = of.sad, of.plain
    listed = browser.get("/my/timeline").text
    exported = browser.get("/my/record.json").text
    found = {
        (str(sad) in listed, browser.get(f"/my/timeline/{sad}").status_code == 200, str(sad) in exported)
    }
    assert str(plain) in listed
    assert str(plain) in exported
    (seen,) = {value for each in found for value in each}
    assert seen or str(sad) not in browser.get("/my").text
    return seen


@pytest.mark.parametrize(("days", "seen"), [(1, True), (0, False), (-1, False)])
def test_on_the_fifteenth_birthday_it_is_closed_to_the_mother(family, walled, days, seen):
    of = family(so_old(15, days=days))
    walled()

    assert told(of.mother, of) is seen


def test_about_addiction_a_year_later(family, walled):
    younger, older = family(so_old(15, days=-2), code="F10.2"), family(so_old(16), code="F10.2")
    walled()

    assert told(younger.mother, younger)
    assert not told(older.mother, older)


def test_the_child_sees_it(family, client_for, walled):
    of = family(so_old(15))
    walled()

    assert told(client_for(of.child.actor), of)


def test_whoever_the_person_let_see_everything_sees_it(family, walled):
    of = family(so_old(16), kind=DelegationKind.GRANT)
    walled()

    assert told(of.mother, of)


@pytest.mark.parametrize(("years", "seen"), [(14, True), (15, False)])
def test_neither_news_nor_the_list_of_accesses_betray_it(family, as_actor, as_worker, years, seen):
    of = family(so_old(years))
    for entry_id in (of.sad, of.plain):
        with as_worker() as session:
            announced = {
                "patient_id": str(of.child.id),
                "object_id": str(entry_id),
                "number": 1,
                "amends": False,
            }
            add_entry_notice(session, announced)
    acting_for = sessions.sign_in_of(of.mother.get_cookie(CITIZEN_COOKIE).value).actor
    with as_actor(acting_for) as session:
        acts = {each.object_id for each in acts_on(session, shown=AccessLogFilter.OTHERS, limit=50)}
        news = {each.object_id for each in session.execute(notice_rows(session, now() - timedelta(days=1)))}

    assert (of.sad in acts, of.plain in acts) == (seen, True)
    assert (of.sad in news, of.plain in news) == (seen, True)


@pytest.mark.parametrize(("years", "says"), [(14, False), (15, True)])
def test_the_page_says_it_from_that_age_on_whether_or_not_there_is_anything(family, years, says):
    of = family(so_old(years), code="J20.9")

    assert (SENTENCE in read(of.mother.get("/my/timeline"))) is says


def test_the_application_closes_it_at_midnight_of_the_region(family, monkeypatch):
    of = family(so_old(15, days=20))
    midnight = turns(of.child.birth_date, 15, zone=zone())
    token = of.mother.get_cookie(CITIZEN_COOKIE).value
    hidden = []
    for moment in (midnight - timedelta(seconds=1), midnight):
        monkeypatch.setattr(sessions, "now", lambda moment=moment: moment)
        hidden.append(sessions.sign_in_of(token).actor.hidden_labels)

    assert hidden == [(), ("GDIS", "HIV", "PSY", "R", "SEX")]


@pytest.mark.parametrize(
    ("born", "years"), [("2008-02-29", 15), ("2008-02-29", 16), ("2009-03-01", 15), ("2008-12-31", 15)]
)
def test_the_database_knows_birthdays_as_the_application_does(as_administrator, born, years):
    with as_administrator() as connection:
        day = connection.scalar(
            text("SELECT identity.birthday(:born, :years)"), {"born": born, "years": years}
        )

    assert day == birthday(date.fromisoformat(born), years)


def test_by_a_right_that_nobody_knows_nothing_labelled_is_open(family, as_actor, application_wall_off):
    of = family(so_old(5))
    unknown = Actor(
        ActorKind.DELEGATE,
        account_id=of.child.actor.account_id,
        patient_id=of.child.id,
        own_patient_id=of.child.id,
        delegation_id=of.sad,
        role="patient",
    )
    with as_actor(unknown) as session:
        assert set(session.scalars(select(EntrySummary.entry_id))) == {of.plain}
