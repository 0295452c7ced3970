"""From an age on, entries with a label are a child's own matter, and closed to its parents from that midnight on."""

import io
import zipfile
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from emr.summaries.tables import EntrySummary
from emr.teams.actions import take_into_team
from foundation.actor import Actor, ActorKind
from foundation.clock import now, today, zone
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.access.tables import CareRelation
from identity.closures.queries import own_closures
from identity.closures.tables import ClosedCare
from identity.delegations.enumerations import DelegationKind
from identity.delegations.rules.ages import birthday, turns
from identity.roles import Role
from identity.sessions.queries import sessions
from interop.actions import export_record
from interop.rules.bundles import Request
from portal.access_log.enumerations import AccessLogFilter
from portal.access_log.queries import AccessWanted, access_log_of, acts_on
from portal.notices.actions import add_entry_notice, add_objection_notice
from portal.notices.queries import notice_rows
from portal.notices.rules import NoticeKind
from portal.notices.tables import Notice
from portal.objections.actions import answer_objection, raise_objection
from portal.objections.enumerations import ObjectionState
from portal.objections.queries import own_objections
from portal.objections.tables import Objection, ObjectionStep
from tests.emr.notes.factories import signed_note
from tests.identity.delegations.acting import Acting
from tests.identity.journeys import CITIZEN_COOKIE
from tests.pages import read
from tests.people import MadePatient

CLOSED_ONCE = text(
    "WITH care AS (SELECT * FROM identity.care_relation WHERE patient_id = :child AND staff_id = :staff), "
    "closed AS (INSERT INTO identity.closure (id, patient_id, facility_id, closed_at) "
    "SELECT gen_random_uuid(), patient_id, facility_id, now() FROM care RETURNING *), "
    "lifted AS (INSERT INTO identity.closure_lift (closure_id, patient_id) SELECT id, patient_id FROM closed) "
    "INSERT INTO identity.closed_care (closure_id, patient_id, facility_id, basis, staff_id, began_at, ends_at) "
    "SELECT closed.id, care.patient_id, care.facility_id, basis, staff_id, began_at, ends_at FROM care, closed"
)
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


def unaware(browser):
    """Who acts for somebody in that browser, where the application knows of nothing that is closed to a parent."""
    return replace(acting_as(browser), hidden_labels=())


def announce(as_worker, child, entry_id):
    """Make the signed entry news."""
    with as_worker() as session:
        announced = {"patient_id": str(child.id), "object_id": str(entry_id), "number": 1, "amends": False}
        add_entry_notice(session, announced)


def acting_as(browser):
    """As whom the application knows whoever acts for somebody in that browser."""
    return sessions.sign_in_of(browser.get_cookie(CITIZEN_COOKIE).value).actor


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
        announce(as_worker, of.child, entry_id)
    with as_actor(acting_as(of.mother)) as session:
        acts = {each.object_id for each in acts_on(session, shown=AccessLogFilter.OTHERS, limit=50)}
        news = {each.object_id for each in session.execute(notice_rows(session, now() - timedelta(days=1)))}

    assert (of.sad in acts, of.plain in acts) == (seen, True)
    assert (of.sad in news, of.plain in news) == (seen, True)


@pytest.fixture
def traced(family, people, as_actor, as_worker, as_administrator, doctor):
    """`traced(years)`: a family of so old a child, where a colleague is in the team, a closing once ended that, both notes
    are news, and the child asked about both and took its record along."""

    def made(years):
        of = family(so_old(years))
        colleague = people.doctor(facility_id=doctor.facility_id)
        with as_actor(doctor.actor) as session:
            take_into_team(session, of.child.id, colleague.id)
        with as_administrator() as connection:
            connection.execute(CLOSED_ONCE, {"child": of.child.id, "staff": colleague.id})
        for entry_id in (of.sad, of.plain):
            announce(as_worker, of.child, entry_id)
        with as_actor(of.child.actor) as session:
            acts = acts_on(session, shown=AccessLogFilter.OTHERS, limit=50)
            for entry_id in (of.sad, of.plain):
                signed = next(each.id for each in acts if each.object_id == entry_id)
                raise_objection(session, signed, words=f"About {entry_id}")
            request = Request("collection", address="https://example.org", base="https://example.org/fhir")
            export_record(session, of.child.id, request=request)
        return of, colleague

    return made


@pytest.mark.parametrize(("years", "seen"), [(14, True), (15, False)])
def test_the_copy_of_all_data_does_not_betray_it(traced, walled, years, seen):
    of, colleague = traced(years)
    walled()

    with of.mother.get("/my/copy.zip") as answer, zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}

    everything = "\n".join(files.values())
    assert (str(of.sad) in everything, str(of.plain) in everything) == (seen, True)
    assert (str(of.sad) in files["portal.notice.csv"], str(of.plain) in files["portal.notice.csv"]) == (
        seen,
        True,
    )
    assert (str(colleague.id) in everything) is seen
    assert (",team," in files["identity.closed_care.csv"]) is seen
    assert (",team," in files["identity.care_relation.csv"]) is seen
    assert ("resource_count" in files["interop.export.csv"]) is seen
    assert ("treating team" in files["access.csv"]) is seen


@pytest.mark.parametrize(("years", "seen"), [(14, True), (15, False)])
def test_neither_the_team_nor_what_was_asked_betrays_it(traced, as_actor, walled, years, seen):
    of, colleague = traced(years)
    walled()

    with as_actor(acting_as(of.mother)) as session:
        log = access_log_of(session, AccessWanted(shown=AccessLogFilter.EVERYONE))
        asked = {each.words for each in own_objections(session).cases}
        team = list(
            session.scalars(select(func.identity.team_of(of.child.id).table_valued("staff_id").c.staff_id))
        )
        bases = {basis for line in own_closures(session).lines for basis in line.bases}

    assert any(each.act.startswith("team.") for each in log.acts) is seen
    assert (CareBasis.TEAM in {each.basis for each in log.care}) is seen
    assert asked == {f"About {each}" for each in ((of.sad, of.plain) if seen else (of.plain,))}
    assert team == ([colleague.id] if seen else [])
    assert (CareBasis.TEAM in bases) <= seen


@pytest.mark.parametrize(("years", "seen"), [(14, True), (15, False)])
def test_a_case_about_it_is_to_the_mother_as_one_that_is_not(traced, as_actor, years, seen):
    of, _colleague = traced(years)
    with as_actor(of.child.actor) as session:
        cases = {each.words: each.id for each in own_objections(session).cases}
    addresses = [f"/my/objections/{cases[f'About {each}']}" for each in (of.sad, of.plain)]

    assert [of.mother.get(each).status_code for each in addresses] == [200 if seen else 404, 200]


def test_the_database_alone_tells_no_news_of_it(traced, as_actor, application_wall_off):
    of, _colleague = traced(15)
    asked = select(Notice.object_id)

    with as_actor(acting_as(of.mother)) as session:
        assert set(session.scalars(asked)) == {of.plain}
    with as_actor(of.child.actor) as session:
        assert set(session.scalars(asked)) == {of.plain, of.sad}


@pytest.fixture
def cases(traced, as_actor, as_worker, people):
    """`cases(years)`: a family of so old a child, and the cases about each note, all of them answered."""

    def made(years):
        of, _colleague = traced(years)
        with as_actor(of.child.actor) as session:
            known = {each.words: each.id for each in own_objections(session).cases}
        officer = people.staff(Role.PRIVACY_OFFICER, facility_id=people.center())
        for case_id in known.values():
            with as_actor(officer.actor) as session:
                words = "This access was looked at."
                answer_objection(session, case_id, state=ObjectionState.FOUNDED, words=words, seen_steps=0)
            announced = {"patient_id": str(of.child.id), "object_id": str(case_id), "number": 1}
            with as_worker() as session:
                add_objection_notice(session, announced)
        return of, known[f"About {of.sad}"], known[f"About {of.plain}"]

    return made


@pytest.mark.parametrize(("years", "seen"), [(14, True), (15, False)])
def test_news_of_an_answer_lead_to_where_it_can_be_read(cases, walled, years, seen):
    of, about_sad, about_plain = cases(years)
    walled()

    page = of.mother.get("/my").text
    led = {each for each in (about_sad, about_plain) if f"/my/objections/{each}" in page}

    assert led == ({about_sad, about_plain} if seen else {about_plain})
    assert {of.mother.get(f"/my/objections/{each}").status_code for each in led} == {200}


@pytest.mark.parametrize(("years", "seen"), [(14, True), (15, False)])
def test_the_database_alone_tells_of_no_case_about_it(cases, as_actor, application_wall_off, years, seen):
    of, about_sad, about_plain = cases(years)
    asked = {
        select(Objection.id),
        select(ObjectionStep.objection_id),
        select(Notice.object_id).where(Notice.kind == NoticeKind.OBJECTION),
    }

    for each in asked:
        with as_actor(unaware(of.mother)) as session:
            told = set(session.scalars(each))
        with as_actor(of.child.actor) as session:
            to_the_child = set(session.scalars(each))
        assert told == ({about_sad, about_plain} if seen else {about_plain})
        assert to_the_child == {about_sad, about_plain}


@pytest.mark.parametrize(("years", "asked"), [(14, True), (15, False)])
def test_the_database_alone_lets_a_parent_ask_about_no_such_act(family, as_actor, years, asked):
    of = family(so_old(years))
    with as_actor(of.child.actor) as session:
        acts = acts_on(session, shown=AccessLogFilter.OTHERS, limit=50)
    about = {each.object_id: each.id for each in acts}
    actor = unaware(of.mother)

    with as_actor(actor) as session:
        raise_objection(session, about[of.plain], words="")
    with (
        nullcontext() if asked else pytest.raises(ProgrammingError, match="row-level security"),
        as_actor(actor) as session,
    ):
        raise_objection(session, about[of.sad], words="")


@pytest.mark.parametrize(("years", "seen"), [(14, True), (15, False)])
def test_the_database_alone_tells_of_no_team(traced, as_actor, as_loader, application_wall_off, years, seen):
    of, _colleague = traced(years)
    with as_loader() as session:
        # Care of a team's that is nobody's own: of such alone a citizen is told by row security.
        place = session.scalar(select(CareRelation.facility_id).where(CareRelation.patient_id == of.child.id))
        begin_care(session, patient_id=of.child.id, facility_id=place, basis=CareBasis.TEAM)

    for each in (CareRelation, ClosedCare):
        asked = select(each.basis).where(each.patient_id == of.child.id)
        with as_actor(unaware(of.mother)) as session:
            assert (CareBasis.TEAM in set(session.scalars(asked))) is seen
        with as_actor(of.child.actor) as session:
            assert CareBasis.TEAM in set(session.scalars(asked))


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
