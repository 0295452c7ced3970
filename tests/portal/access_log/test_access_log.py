"""The list of who looked is whole, and reads like a list of people."""

import csv
import io
import random
import re
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from emr.chart.actions import open_chart
from emr.details.actions import open_entry
from foundation.clock import now, today
from foundation.identifiers import new_id
from foundation.web.csv_answers import csv_answer
from identity.access.enumerations import CareBasis
from portal.access_log import actions
from portal.access_log.enumerations import Accessed, AccessLogFilter
from portal.access_log.forms.labels import BASIS_WORDS
from portal.access_log.queries import PAGE, acts_on
from portal.access_log.rules import NOUNS, AuditedAct, CareSpan, care_behind
from tests.archive_gateway.studies.factories import study_of
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import amended_note, signed_note
from tests.pages import read


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_n_random_reads_by_staff_are_exactly_the_lines_of_the_list(people, as_actor, somebody, seed):
    choices = random.Random(seed)
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)
    colleague = people.doctor(facility_id=somebody.doctor.facility_id, family_name="Соседов")
    before = _counted(somebody, as_actor)
    done: Counter = Counter()

    for _ in range(choices.randrange(10, 30)):
        doctor = choices.choice([somebody.doctor, colleague])
        with as_actor(doctor.actor) as session:
            if choices.random() < 0.5:
                open_chart(session, somebody.patient.id)
                done[doctor.id, "chart.opened", somebody.patient.id] += 1
            else:
                open_entry(session, entry)
                done[doctor.id, "entry.opened", entry] += 1

    assert _counted(somebody, as_actor) - before == done


def test_the_page_accounts_for_every_one_of_them(somebody, as_actor):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)
    for times in (3, 2):
        for _ in range(times):
            with as_actor(somebody.doctor.actor) as session:
                open_entry(session, entry)
        with as_actor(somebody.doctor.actor) as session:
            open_chart(session, somebody.patient.id)

    page = read(somebody.browser.get("/my/access"))

    assert [int(each) for each in re.findall(r"An entry was read: [^,]+, (\d+) times", page)] == [2, 3]
    assert page.count("Your record was opened") == 2


def test_an_amendment_is_told_with_its_reason(somebody, as_actor):
    amended_note(as_actor, somebody.doctor, somebody.patient.id, reason="Diagnosis made precise")

    page = read(somebody.browser.get("/my/access"))

    assert page.count("An entry was written or changed: ") == 2
    assert page.count("An entry was signed: ") == 2
    assert page.count("Reason: Diagnosis made precise") == 1
    assert "Worked with the record" not in page


def test_people_are_named_with_post_and_place(somebody, as_actor):
    with as_actor(somebody.doctor.actor) as session:
        open_chart(session, somebody.patient.id)

    page = read(somebody.browser.get("/my/access"))

    assert "Doktorov Ivan Ilich General practitioner, Polyclinic of the test" in page


def test_people_stand_first_and_programs_are_folded(somebody, as_actor):
    with as_actor(somebody.doctor.actor) as session:
        open_chart(session, somebody.patient.id)

    page = somebody.browser.get("/my/access")

    assert read(page).index("Doktorov") < read(page).index("Automatic: sent by a hospital")
    assert re.search(r"<details[^>]*>\s*<summary[^>]*>.*?Automatic", page.text, re.DOTALL)


def test_each_act_names_what_it_was_done_to(as_actor, as_loader, people, client_for):
    desk = Desk(people, as_actor, as_loader)
    patient = desk.patient()
    uid = study_of(as_loader, patient.id)
    desk.sent(patient)
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")

    page = browser.get("/my/access")

    assert "Images were put into your record: Chest" in read(page)
    assert f'href="/my/images/{uid}"' in page.text
    assert re.search(r"A referral was sent: Cardiologist, R-\d{4}-\d+", read(page))


def test_the_list_is_narrowed_to_a_day_or_several(somebody, as_actor):
    with as_actor(somebody.doctor.actor) as session:
        open_chart(session, somebody.patient.id)

    yesterday = today() - timedelta(days=1)
    of = {
        asked: "Your record was opened" in read(somebody.browser.get(f"/my/access?{asked}"))
        for asked in (
            f"on={today()}",
            f"on={yesterday}",
            f"on={yesterday}&until={today()}",
            f"on={yesterday - timedelta(days=1)}&until={yesterday}",
            f"until={yesterday}",
            f"until={today()}",
        )
    }
    assert list(of.values()) == [True, False, True, False, False, True]


def test_the_list_is_narrowed_to_one_person(people, as_actor, somebody):
    colleague = people.doctor(facility_id=somebody.doctor.facility_id, family_name="Соседов")
    for doctor in (somebody.doctor, colleague):
        with as_actor(doctor.actor) as session:
            open_chart(session, somebody.patient.id)

    page = somebody.browser.get(f"/my/access?person={colleague.id}")

    assert re.findall(r'access__name">(\w+)', page.text) == ["Sosedov"]
    assert f'<option value="{colleague.id}" selected>' in page.text
    assert f'<option value="{somebody.doctor.id}">' in page.text
    assert "Automatic" not in read(page)


def test_the_list_is_narrowed_to_one_kind_of_thing_and_no_act_is_of_two_or_none(somebody, as_actor):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)
    with as_actor(somebody.doctor.actor) as session:
        open_entry(session, entry)
        open_chart(session, somebody.patient.id)

    pages = {each: read(somebody.browser.get(f"/my/access?whose=everyone&thing={each}")) for each in Accessed}

    shown_in = {
        words: [each.value for each, page in pages.items() if words in page]
        for words in ("An entry was read", "Your record was opened", "Your record was created")
    }
    assert shown_in == {
        "An entry was read": ["entries"],
        "Your record was opened": ["record"],
        "Your record was created": ["details"],
    }
    nouns = [noun for of in NOUNS.values() for noun in of]
    assert len(nouns) == len(set(nouns))


def test_each_person_s_role_and_the_care_of_that_time_are_told(somebody, as_actor):
    with as_actor(somebody.doctor.actor) as session:
        open_chart(session, somebody.patient.id)

    page = read(somebody.browser.get("/my/access"))

    assert "Role: Doctor. Why it was allowed: You are registered with this clinic." in page


def test_care_that_began_after_the_look_or_ended_before_it_is_not_its_reason():
    at, clinic = now(), new_id()
    hour = timedelta(hours=1)
    act = AuditedAct(
        id=1,
        at=at,
        day=at.date(),
        actor_kind="staff",
        staff_id=new_id(),
        facility_id=clinic,
        role="doctor",
        act="chart.opened",
        object_kind="",
        object_id=None,
        reason="",
        kept_act="chart.opened",
    )
    spans = [
        CareSpan(clinic, CareBasis.IMPORT, at - 2 * hour, at),
        CareSpan(clinic, CareBasis.ENCOUNTER, at + hour, at + 2 * hour),
        CareSpan(new_id(), CareBasis.ATTACHMENT, at - hour, at + hour),
    ]

    assert care_behind([act], spans) == []
    assert care_behind([act], [*spans, CareSpan(clinic, CareBasis.REFERRAL, at, at + hour)]) == [
        CareBasis.REFERRAL
    ]


def test_every_basis_of_care_has_its_words():
    assert set(BASIS_WORDS) == set(CareBasis)


def test_the_table_holds_every_act_of_what_is_shown_one_a_line(somebody, as_actor, monkeypatch):
    monkeypatch.setattr(actions, "PORTION", 2)
    with as_actor(somebody.doctor.actor) as session:
        for _ in range(5):
            open_chart(session, somebody.patient.id)

    answer = somebody.browser.get(f"/my/access.csv?person={somebody.doctor.id}&on={today()}")

    head, *lines = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="access-{today()}.csv"'
    assert len(head) == 10
    assert [line[2:9] for line in lines] == 5 * [
        [
            "Doktorov Ivan Ilich",
            "General practitioner",
            "Doctor",
            "Polyclinic of the test",
            "Your record was opened",
            "",
            "You are registered with this clinic",
        ]
    ]
    assert "This list was downloaded" in read(somebody.browser.get("/my/access?whose=own"))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "  ="])
def test_no_cell_of_the_table_is_a_formula(app, begins):
    with app.app_context():
        answer = csv_answer(["Reason"], [[f"{begins}HYPERLINK(1)"], ["5 - 3"]], file_name="a.csv")

    assert list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))) == [
        ["Reason"],
        [f"'{begins}HYPERLINK(1)"],
        ["5 - 3"],
    ]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", "other people and systems, all days"),
        ("?whose=own", "myself, all days"),
        ("?whose=everyone", "everybody, also myself, all days"),
    ],
)
def test_the_list_says_what_part_it_is_also_on_paper(somebody, asked, shown):
    page = somebody.browser.get(f"/my/access{asked}")

    assert f'<p class="only-print">Shown: {shown}</p>' in page.text
    assert "Everyone who opened" not in read(page)


def test_a_day_that_has_not_come_is_not_called_a_day_without_looks(somebody):
    to_come = read(somebody.browser.get(f"/my/access?on={today() + timedelta(days=1)}"))
    over = read(somebody.browser.get(f"/my/access?on={today() - timedelta(days=1)}"))

    assert "This day has not come yet." in to_come
    assert "Nobody looked on this day." not in to_come
    assert "Nobody looked on this day." in over


def test_a_hospital_sent_as_often_as_it_sent_something(as_loader, people, client_for):
    patient = people.patient()
    study_of(as_loader, patient.id)
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")

    page = read(browser.get("/my/access"))

    assert "Your record was created" in page
    assert "Automatic: sent by a hospital, 1 time " in page


@pytest.mark.parametrize(
    "day", ["0001-01-01", "1799-12-31", "2201-01-01", "9999-12-31", "2026-02-31", "yesterday"]
)
def test_a_day_beyond_every_record_narrows_nothing(somebody, as_actor, day):
    with as_actor(somebody.doctor.actor) as session:
        open_chart(session, somebody.patient.id)

    page = somebody.browser.get(f"/my/access?on={day}")

    assert page.status_code == 200
    assert "Your record was opened" in read(page)


def test_one_s_own_acts_stand_apart(somebody, as_actor):
    somebody.browser.get("/my/timeline")

    assert "The record was opened" not in read(somebody.browser.get("/my/access"))
    own = read(somebody.browser.get("/my/access?whose=own"))
    assert "You " in own
    assert "The record was opened" in own
    assert "This list was opened, 2 times" in own


def test_a_program_is_called_a_program(somebody):
    page = read(somebody.browser.get("/my/access"))

    assert "Automatic: sent by a hospital" in page
    assert "Your record was created" in page


def test_a_long_list_goes_on_without_losing_a_line(somebody, as_actor):
    for _ in range(PAGE // 50 + 1):
        with as_actor(somebody.doctor.actor) as session:
            for _ in range(50):
                open_chart(session, somebody.patient.id)

    first = somebody.browser.get("/my/access").get_data(as_text=True)
    address = re.search(r'href="(/my/access\?[^"]*before=[^"]*)"', first)[1].replace("&amp;", "&")
    second = somebody.browser.get(address).get_data(as_text=True)

    opened = [int(each) for each in re.findall(r"Your record was opened, (\d+) times", first + second)]
    assert sum(opened) == 50 * (PAGE // 50 + 1)


def _counted(somebody, as_actor) -> Counter:
    """Whose acts and which, as the whole list tells them to its owner."""
    with as_actor(somebody.patient.actor) as session:
        acts = acts_on(session, shown=AccessLogFilter.OTHERS, limit=10_000)
    return Counter((act.staff_id, act.act, act.object_id) for act in acts)


def test_an_act_kept_in_its_former_word_is_told_in_today_s(somebody, as_administrator):
    with as_administrator() as connection:
        connection.execute(
            text(
                "INSERT INTO foundation.audit_event (actor_kind, role, patient_id, act, object_kind, reason) "
                "VALUES ('staff', 'dispatcher', :patient, 'referral.cancelled', 'referral', '')"
            ),
            {"patient": somebody.patient.id},
        )

    page = read(somebody.browser.get("/my/access"))

    assert "A referral was withdrawn" in page
    assert "Worked with the record" not in page


def test_a_day_on_which_nobody_looked_says_only_that(client_for, people):
    browser = client_for(people.patient().actor)
    browser.set_cookie("language", "en")
    browser.get("/my/timeline")

    page = browser.get("/my/access?whose=own&on=2020-01-02").text

    assert "Nobody looked on this day." in page
    assert "Myself (" not in page
    assert "Myself (" in browser.get("/my/access?whose=own").text
