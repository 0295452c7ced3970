"""What the region's law opens is entered with its basis and dates, opens a record to be read, and is told to the patient."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from foundation.clock import now, zone
from foundation.errors import SecondFactorNeeded
from foundation.language.bilingual import BilingualText
from identity.access.enumerations import Thing
from identity.legal_openings import actions
from identity.legal_openings.actions import OpeningAsked
from identity.legal_openings.enumerations import OpeningState
from identity.legal_openings.forms import EVERYWHERE
from identity.legal_openings.rules import state_at
from identity.roles import STAFF_ROLES, Role
from identity.second_factors.queries import demands
from tests.emr.notes.factories import TYPED
from tests.identity.journeys import ENGLISH
from tests.identity.legal_openings.conftest import PAGE, in_days
from tests.legal_openings import BASIS_EN, BASIS_RU
from tests.pages import filled, read
from tests.people import give_post

# Enough for whatever is asked before midnight, however busy the machine is.
BEFORE = timedelta(minutes=10)
WHY = f"Why it was allowed: the region’s law opens this: {BASIS_EN}."


def looked(browser, patient, entry_id):
    return [
        browser.get(address, headers=ENGLISH)
        for address in (f"/emr/patients/{patient.id}", f"/emr/entries/{entry_id}")
    ]


def statuses(browser, patient, entry_id):
    return [each.status_code for each in looked(browser, patient, entry_id)]


def test_an_opening_is_felt_with_the_next_request_and_so_is_its_end(
    register, reader, record, client_for, kept, walled
):
    browser = client_for(reader.actor)
    before = statuses(browser, *record)
    entered = register.enter(facility=str(reader.facility_id))
    ((opening_id, *row),) = kept()
    walled()
    opened = statuses(browser, *record)
    ended = register.end(opening_id)
    after = looked(browser, *record)
    absent = [browser.get(f"/emr/{each}/{uuid4()}", headers=ENGLISH) for each in ("patients", "entries")]

    assert before == [404, 404]
    assert (entered.status_code, entered.location) == (303, PAGE)
    assert row == ["doctor", "entries", reader.facility_id, True]
    assert opened == [200, 200]
    assert (ended.status_code, ended.location) == (303, PAGE)
    assert [each.status_code for each in after] == [404, 404]
    assert [read(each) for each in after] == [read(each) for each in absent]


def test_only_the_role_and_the_facility_are_let_in_and_only_to_that_part(
    law, reader, record, people, client_for
):
    law.opens(Thing.REFERRALS, Role.DOCTOR, reader.facility_id)
    elsewhere, nurse = people.doctor(), people.staff(Role.NURSE, facility_id=reader.facility_id)

    seen = {each.id: statuses(client_for(each.actor), *record) for each in (reader, elsewhere, nurse)}

    # Whose record it is comes with each part; an entry is another.
    assert seen == {reader.id: [200, 404], elsewhere.id: [404, 404], nurse.id: [404, 404]}


def test_a_row_without_a_facility_lets_in_everywhere(law, reader, record, people, client_for):
    law.opens(Thing.ENTRIES, Role.DOCTOR, None)

    assert [statuses(client_for(each.actor), *record) for each in (reader, people.doctor())] == [
        [200, 200]
    ] * 2


def test_nobody_writes_by_it(law, reader, record, desk, client_for, as_administrator, walled):
    patient, _entry_id = record
    law.opens(Thing.ENTRIES, Role.DOCTOR, reader.facility_id)
    law.opens(Thing.REFERRALS, Role.DOCTOR, reader.facility_id)
    browser, own = client_for(reader.actor), client_for(desk.doctor.actor)
    chart = browser.get(f"/emr/patients/{patient.id}", headers=ENGLISH)
    note = filled(own.get(f"/emr/patients/{patient.id}/entries/new"), **TYPED)
    token = filled(browser.get("/emr"))["csrf_token"]
    walled()
    note |= {"csrf_token": token}

    pages = [f"/emr/patients/{patient.id}/{each}/new" for each in ("entries", "referrals")]
    pages.append(f"/emr/patients/{patient.id}/export")
    asked = [browser.get(each).status_code for each in pages]
    sent = browser.post(f"/emr/patients/{patient.id}/entries", data=note, headers=ENGLISH)

    assert "The region’s law opens this record to you, to be read only." in read(chart)
    assert "Write a note" not in read(chart)
    assert "Write a note" in read(own.get(f"/emr/patients/{patient.id}", headers=ENGLISH))
    assert asked == [404, 404, 404]
    assert sent.status_code == 404
    with as_administrator() as connection:
        written = connection.scalar(
            text("SELECT count(*) FROM emr.entry WHERE patient_id = :id"), {"id": patient.id}
        )
    assert written == 1


def test_the_patient_and_the_officer_read_the_law_beside_each_access(
    law, register, reader, record, client_for
):
    patient, _entry_id = record
    for part in (Thing.ENTRIES, Thing.REFERRALS):
        law.opens(part, Role.DOCTOR, reader.facility_id)
    statuses(client_for(reader.actor), *record)
    browser = client_for(patient.actor)

    log = browser.get("/my/access", headers=ENGLISH)
    in_russian = browser.get("/my/access", headers={"Accept-Language": "ru"})
    kept = browser.get("/my/access.csv", headers=ENGLISH).text
    address = next(each for each in log.text.split('"') if each.endswith("/objection"))
    raised = browser.post(address, data=filled(browser.get(address), words="Кто это?"), headers=ENGLISH)
    asked = read(browser.get(raised.location, headers=ENGLISH))
    case = raised.location.rpartition("/")[2]
    judged = read(register.browser.get(f"/privacy/objections/{case}", headers=ENGLISH))

    # One law that opens two parts is named once.
    assert WHY in read(log)
    # The doctor who wrote is told of with the care, not with the law.
    assert "Why it was allowed: You are registered with this clinic." in read(log)
    assert f"это открывает закон области: {BASIS_RU}" in read(in_russian)
    assert f"the region’s law opens this: {BASIS_EN}" in kept
    assert f"the region’s law opens this: {BASIS_EN}" in asked
    assert f"the region’s law opens this: {BASIS_EN}" in judged


def test_what_was_read_while_it_was_in_force_keeps_its_reason(law, reader, record, client_for):
    opening_id = law.opens(Thing.ENTRIES, Role.DOCTOR, reader.facility_id)
    statuses(client_for(reader.actor), *record)
    ends = timedelta(milliseconds=-1)
    law.seen_from(opening_id, begins=-BEFORE, ends=timedelta(0))

    assert statuses(client_for(reader.actor), *record) == [404, 404]
    assert WHY in read(client_for(record[0].actor).get("/my/access", headers=ENGLISH))
    law.seen_from(opening_id, begins=-2 * BEFORE, ends=-BEFORE + ends)
    assert WHY not in read(client_for(record[0].actor).get("/my/access", headers=ENGLISH))


def test_it_begins_and_ends_at_the_midnight_of_its_days(
    law, register, reader, record, client_for, kept, walled
):
    register.enter(facility=str(reader.facility_id), first_day=in_days(3), last_day=in_days(5))
    ((opening_id, *_row),) = kept()
    start, end = (
        (now().astimezone(zone()) + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        for days in (3, 6)
    )
    assert law.span(opening_id) == (start, end)
    browser = client_for(reader.actor)
    walled()
    seen = []
    for moment in (start - BEFORE, start, end - BEFORE, end):
        law.seen_from(opening_id, begins=start - moment, ends=end - moment)
        seen.append(statuses(browser, *record))

    assert seen == [[404, 404], [200, 200], [200, 200], [404, 404]]


def test_an_end_with_a_day_lets_it_go_on_until_then_and_can_only_come_earlier(register, kept):
    register.enter(last_day=in_days(9))
    ((opening_id, *_row),) = kept()

    later = register.end(opening_id, last_day=in_days(9))
    ended = register.end(opening_id, last_day=in_days(4))
    again = register.end(opening_id, last_day=in_days(6))
    earlier = register.end(opening_id, last_day=in_days(1))
    shown_before = filled(register.browser.get(f"{PAGE}/{opening_id}"), last_day="", reason="Ещё раз")
    at_once = register.end(opening_id)
    over = register.browser.post(f"{PAGE}/{opening_id}", data=shown_before, headers=ENGLISH)

    refused = "It ends no later than that already. What lasts longer is entered anew."
    assert [each.status_code for each in (ended, earlier, at_once)] == [303] * 3
    assert refused in read(later)
    assert refused in read(again)
    assert "This has ended already." in read(over)
    page = read(register.browser.get(f"{PAGE}/{opening_id}", headers=ENGLISH))
    assert page.count("Закон отменён") == 3
    assert "Over." in page
    assert "Let it end" not in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"role": ""}, "Choose the role."),
        ({"role": "registrar"}, "Not a valid choice."),
        (
            {"role": "radiologist", "thing": "entries"},
            "This role does not read that part of a record even in care.",
        ),
        (
            {"role": "dispatcher", "thing": "images"},
            "This role does not read that part of a record even in care.",
        ),
        ({"thing": "labelled-entries"}, "Not a valid choice."),
        ({"facility": "0198a3c4-0000-7000-8000-000000000000"}, "There is no such facility."),
        ({"facility": "here"}, "Choose the facility."),
        ({"facility": ""}, "Choose the facility."),
        ({"facility": " \t\r\n "}, "Choose the facility."),
        ({"basis_ru": " "}, "Name the law in Russian."),
        ({"basis_en": ""}, "Name the law in English."),
        ({"basis_ru": "й" * 501}, "That is too long."),
        ({"first_day": ""}, "Choose the first day."),
        ({"first_day": in_days(-1)}, "It opens from today on, or from a later day."),
        ({"first_day": in_days(2), "last_day": in_days(1)}, "The last day is before the first."),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_kept(register, kept, typed, sentence):
    answer = register.enter(**typed)

    assert answer.status_code in (409, 422, 400)
    assert sentence in read(answer)
    assert kept() == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": ""}, "Say on what grounds."),
        ({"last_day": in_days(-1)}, "The last day is not before today."),
    ],
)
def test_an_end_that_makes_no_sense_ends_nothing(register, kept, typed, sentence):
    register.enter()
    ((opening_id, *_row),) = kept()

    assert sentence in read(register.end(opening_id, **typed))
    assert "In force" in read(register.browser.get(PAGE, headers=ENGLISH))


def test_nobody_opens_records_to_themselves(register, kept, as_loader):
    with as_loader() as session:
        give_post(session, register.officer.id, register.officer.facility_id, Role.DOCTOR)

    refused = [register.enter(facility=each) for each in (EVERYWHERE, str(register.officer.facility_id))]
    taken = register.enter(role="nurse")

    assert all("You hold such a post yourself." in read(each) for each in refused)
    assert taken.status_code == 303
    assert [row[1] for row in kept()] == ["nurse"]


def test_each_asks_for_a_second_factor(register, as_actor, monkeypatch):
    asked = OpeningAsked(
        Role.DOCTOR, Thing.ENTRIES, None, BilingualText(BASIS_EN, BASIS_RU), now().date(), None
    )
    monkeypatch.setitem(demands._required, "all", True)

    for act in (
        lambda session: actions.enter_opening(session, asked),
        lambda session: actions.end_opening(session, uuid4(), last_day=None, reason="Because"),
    ):
        with pytest.raises(SecondFactorNeeded), as_actor(register.officer.actor) as session:
            act(session)


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_row_security_takes_it_from_a_privacy_officer_alone_at_their_post_and_of_now(
    role, people, as_actor, law
):
    somebody = people.staff(role)

    def written(began="now()", staff=somebody.id):
        with as_actor(somebody.actor) as session:
            session.execute(
                text(
                    "INSERT INTO identity.legal_opening (id, role, thing, basis_en, basis_ru, began_at, staff_id) "
                    f"VALUES (:id, 'nurse', 'images', 'a', 'b', {began}, :staff)"
                ),
                {"id": uuid4(), "staff": staff},
            )

    if role is Role.PRIVACY_OFFICER:
        written()
        wrong = [{"began": "now() - interval '1 day'"}, {"staff": people.doctor().id}]
    else:
        wrong = [{}]
    for each in wrong:
        with pytest.raises(ProgrammingError, match="row-level security"):
            written(**each)


def test_neither_row_is_changed_or_taken_away(register, kept, as_administrator):
    register.enter()
    ((opening_id, *_row),) = kept()
    register.end(opening_id)

    for table in ("legal_opening", "legal_opening_end"):
        for change in (f"UPDATE identity.{table} SET ends_at = 'infinity'", f"DELETE FROM identity.{table}"):
            with (
                pytest.raises(ProgrammingError, match="never changed or deleted"),
                as_administrator() as connection,
            ):
                connection.execute(text(change))


def test_who_answers_for_access_reads_what_may_be_opened_and_every_row(
    register, law, reader, people, client_for
):
    ended = law.opens(Thing.IMAGES, Role.RADIOLOGIST, reader.facility_id)
    law.seen_from(ended, begins=-2 * BEFORE, ends=-BEFORE)
    law.opens(Thing.ENTRIES, Role.DOCTOR, None)
    for role in (Role.PRIVACY_OFFICER, Role.ADMINISTRATOR, Role.FACILITY_HEAD):
        page = read(client_for(people.staff(role).actor).get("/privacy/policy", headers=ENGLISH))
        assert "where the region’s law opens it, to be read: referrals, images." in page
        assert page.count(BASIS_EN) == 2
        assert "In force" in page
        assert "Over" in page


def test_the_page_of_closings_says_what_stays_open(law, reader, record, client_for):
    browser = client_for(record[0].actor)
    before = read(browser.get("/my/closures", headers=ENGLISH))
    law.opens(Thing.ENTRIES, Role.DOCTOR, reader.facility_id)
    after = read(browser.get("/my/closures", headers=ENGLISH))

    assert BASIS_EN not in before
    assert f"Doctor, entries of the record: {BASIS_EN}" in after


def test_how_it_stands_at_a_moment():
    began, ends = now(), now() + timedelta(days=1)
    stands = [
        state_at(at, began_at=began, ends_at=ends) for at in (began - BEFORE, began, ends - BEFORE, ends)
    ]

    assert stands == [
        *(OpeningState.TO_COME, OpeningState.IN_FORCE, OpeningState.IN_FORCE, OpeningState.OVER),
    ]
    assert state_at(ends, began_at=began, ends_at=None) is OpeningState.IN_FORCE
