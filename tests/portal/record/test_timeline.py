"""The record as its owner reads it."""

import json
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from foundation.audit import AuditEvent
from foundation.clock import now
from foundation.language.translation import day
from tests.emr.fhir_import.factories import as_bytes, bundle, entry, observation, patient_resource
from tests.emr.notes.factories import amended_note, signed_note, unsigned_note
from tests.pages import read

MAY = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)
ENTRY_ADDRESS = re.compile(r"/my/timeline/([0-9a-f-]{36})")


def entries_on(page) -> list[str]:
    """The entries that a page leads to, in its order."""
    return ENTRY_ADDRESS.findall(page.get_data(as_text=True))


def test_a_person_reads_what_the_doctor_signed(somebody, as_actor):
    signed_note(as_actor, somebody.doctor, somebody.patient.id)

    page = read(somebody.browser.get("/my/timeline"))

    assert "May 2026" in page
    assert "Sunday, 3 May 2026" in page
    assert "Polyclinic of the test" in page


def test_the_same_page_speaks_russian(somebody, as_actor):
    signed_note(as_actor, somebody.doctor, somebody.patient.id)
    somebody.browser.set_cookie("language", "ru")

    page = read(somebody.browser.get("/my/timeline"))

    assert "воскресенье, 3 мая 2026 г." in page
    assert "Поликлиника теста" in page
    assert "Everything" not in page


def test_what_is_not_signed_is_not_shown(somebody, as_actor):
    unsigned = unsigned_note(as_actor, somebody.doctor, somebody.patient.id)

    assert entries_on(somebody.browser.get("/my/timeline")) == []
    assert somebody.browser.get(f"/my/timeline/{unsigned}").status_code == 404


def test_the_record_is_narrowed_by_year_and_kind(somebody, as_actor):
    old = signed_note(as_actor, somebody.doctor, somebody.patient.id, seen_at=MAY.replace(year=2019))
    signed_note(as_actor, somebody.doctor, somebody.patient.id, seen_at=MAY)

    assert entries_on(somebody.browser.get("/my/timeline?year=2019&kind=note")) == [str(old)]
    assert "Nothing of this kind." in read(somebody.browser.get("/my/timeline?kind=allergy"))


def test_nonsense_in_the_address_narrows_nothing(somebody, as_actor):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)

    page = somebody.browser.get("/my/timeline?year=soon&kind=%00&before=yesterday")

    assert page.status_code == 200
    assert entries_on(page) == [str(entry)]


def test_older_pages_show_every_entry_once(somebody, as_actor):
    made = [
        str(signed_note(as_actor, somebody.doctor, somebody.patient.id, seen_at=MAY - timedelta(days=each)))
        for each in range(30)
    ]

    first = somebody.browser.get("/my/timeline")
    address = first.get_data(as_text=True).split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = somebody.browser.get(address.replace("&amp;", "&"))

    assert entries_on(first) + entries_on(second) == made


def test_one_entry_is_read_in_full_with_who_signed_it(somebody, as_actor):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)

    page = read(somebody.browser.get(f"/my/timeline/{entry}"))

    assert "Кашель третий день" in page
    assert "Signed by Doktorov Ivan Ilich, general practitioner" in page
    assert "Unchanged since signing." in page


def test_what_has_no_label_is_told_as_a_text_and_not_beside_an_empty_one(somebody, as_actor):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)

    page = somebody.browser.get(f"/my/timeline/{entry}").get_data(as_text=True)

    assert re.search(r'<p class="as-typed"><span lang="ru">[^<]*Кашель третий день', page)
    assert not re.search(r"<dt[^>]*>\s*</dt>", page)


def test_an_amendment_shows_its_reason_and_the_earlier_wording(somebody, as_actor):
    entry = amended_note(as_actor, somebody.doctor, somebody.patient.id, "Опечатка в диагнозе")

    page = read(somebody.browser.get(f"/my/timeline/{entry}"))

    assert "Reason: Опечатка в диагнозе" in page
    assert page.index("Острый трахеит") < page.index("Earlier wording") < page.index("Острый бронхит")
    assert f"The amended text is unchanged since {day(now(), locale='en')}." in page
    assert "Unchanged since signing" not in page, "it was amended after the first signature"
    assert "amended" in read(somebody.browser.get("/my/timeline"))


def test_what_the_downloaded_file_holds_and_what_not_stands_beside_it(somebody, as_actor):
    signed_note(as_actor, somebody.doctor, somebody.patient.id)

    page = read(somebody.browser.get("/my/timeline"))

    assert (
        "Download the record A file for another clinic. It holds every signed entry as it reads now" in page
    )
    assert "It does not hold: earlier wordings of amended entries, referrals and bookings, images." in page
    assert "whole record" not in page


def test_opening_the_record_leaves_its_line(somebody, as_actor):
    entry = signed_note(as_actor, somebody.doctor, somebody.patient.id)

    somebody.browser.get("/my/timeline")
    somebody.browser.get(f"/my/timeline/{entry}")

    with as_actor(somebody.patient.actor) as session:
        acts = session.execute(
            select(AuditEvent.act, AuditEvent.object_id)
            .where(AuditEvent.actor_kind == "citizen")
            .order_by(AuditEvent.id)
        ).all()
    assert acts == [("timeline.opened", None), ("entry.opened", entry)]


@pytest.fixture
def told_of(people, as_loader, client_for):
    """The browser of a patient of whom another system has sent these resources, made from the patient's reference."""

    def browser_of(*made):
        patient = people.patient()
        mine = patient_resource(patient.snils, birthDate=f"{patient.birth_date}")
        mine["identifier"][0]["system"] = "urn:oid:1.2.643.100.3"
        mine["name"] = [{"family": "Тестова", "given": ["Анна", "Петровна"]}]
        who = f"urn:uuid:{uuid4()}"
        with as_loader() as session:
            content = as_bytes(bundle(entry(mine, who), *(entry(make(who)) for make in made)))
            import_bundle(session, read_bundle(content, source="urn:test"))
        browser = client_for(patient.actor)
        browser.set_cookie("language", "en")
        return browser

    return browser_of


def _prescription(who: str, drug: str, **elements: object) -> dict:
    told = {"status": "active", "intent": "order", "medicationCodeableConcept": {"text": drug}}
    return {"resourceType": "MedicationRequest", "subject": {"reference": who}, **told, **elements}


def _line(page: str, what: str) -> str:
    """The words of the line of this record that tells of it."""
    lines = re.findall(r'<li class="entry[ "].*?</li>', page, re.DOTALL)
    [found] = [line for line in lines if what in line]
    return re.sub(r"<[^>]+>", " ", found)


def test_a_line_says_in_what_state_a_thing_is_where_that_is_not_the_ordinary(told_of):
    browser = told_of(
        lambda who: _prescription(who, "Taken"),
        lambda who: _prescription(who, "Finished", status="completed"),
        lambda who: _prescription(who, "Forbidden", doNotPerform=True),
        lambda who: observation(who, status="cancelled", code={"text": "Ferritin"}),
    )  # fmt: skip

    page = browser.get("/my/timeline").get_data(as_text=True)

    assert "active" not in _line(page, "Taken")
    assert "completed" in _line(page, "Finished")
    assert "must not be taken" in _line(page, "Forbidden")
    assert "cancelled" in _line(page, "Ferritin")


def test_the_page_of_a_thing_says_in_what_state_it_is(told_of):
    browser = told_of(lambda who: _prescription(who, "Finished", status="completed"))
    [address] = entries_on(browser.get("/my/timeline?kind=medicine"))

    page = browser.get(f"/my/timeline/{address}").get_data(as_text=True)

    assert re.search(r'<strong class="nhsuk-tag[^>]*>completed</strong>', page)


def test_an_entry_on_images_leads_to_the_pictures(told_of):
    browser = told_of(
        lambda who: {"resourceType": "ImagingStudy", "status": "available", "subject": {"reference": who}}
    )
    [address] = entries_on(browser.get("/my/timeline?kind=image"))

    assert '<a href="/my/images">To all my images</a>' in browser.get(f"/my/timeline/{address}").text


def test_the_first_page_says_that_somebody_asked_for_allergies_and_found_none(told_of):
    browser = told_of(
        lambda who: {
            "resourceType": "AllergyIntolerance",
            "patient": {"reference": who},
            "code": {"text": "NKDA"},
        }
    )

    page = read(browser.get("/my"))

    assert "No known drug allergies" in page
    assert "This does not mean that you have none" not in page


@pytest.fixture
def in_error(told_of):
    """A patient's browser and the address of the one entry that came with the status entered-in-error."""
    browser = told_of(lambda who: observation(who, status="entered-in-error"))
    (address,) = [
        each
        for each in entries_on(browser.get("/my/timeline?kind=all"))
        if "Entered in error" in read(browser.get(f"/my/timeline/{each}"))
    ]
    return browser, address


def test_what_was_entered_in_error_is_shown_so(in_error):
    browser, address = in_error

    assert "entered in error" in read(browser.get("/my/timeline?kind=all"))
    assert "made by mistake" in read(browser.get(f"/my/timeline/{address}"))


@pytest.fixture
def write_line(in_error, as_administrator):
    """Write the facts of the line in error otherwise, until the test is over; gives back those that were drawn."""
    _, address = in_error
    written = text("UPDATE emr.entry_summary SET facts = CAST(:facts AS jsonb) WHERE entry_id = :entry")
    with as_administrator() as connection:
        asked = text("SELECT facts FROM emr.entry_summary WHERE entry_id = :entry")
        drawn = connection.scalar(asked, {"entry": address})

    def write(connection, facts):
        connection.execute(written, {"facts": json.dumps(facts), "entry": address})

    yield drawn, write
    with as_administrator() as connection:
        write(connection, drawn)


def test_what_was_drawn_in_former_words_is_shown_in_today_s(in_error, write_line, as_administrator):
    browser, address = in_error
    drawn, write = write_line
    migration = import_module("migrations.versions.0013_one_word_per_thing")
    asked = text("SELECT facts FROM emr.entry_summary WHERE entry_id = :entry")
    former, today = next(iter(migration.STATE_WORDS.items()))
    of_old = {**drawn, "withdrawn": True, "state": json.loads(former)}
    del of_old["entered_in_error"]
    with as_administrator() as connection:
        write(connection, of_old)
        connection.execute(migration.CHANGE_WORDS, {"former": former, "today": today})
        migrated = connection.scalar(asked, {"entry": address})

    assert migrated == {**of_old, "state": json.loads(today)} != of_old
    assert migrated["state"] == drawn["state"]
    assert "entered in error" in read(browser.get("/my/timeline?kind=all"))


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://localhost/my/timeline?kind=note&year=2026", "/my/timeline?kind=note&amp;year=2026"),
        ("http://localhost/my", "/my/timeline"),
        ("http://elsewhere.example/my/timeline?kind=note", "/my/timeline"),
        ("", "/my/timeline"),
    ],
)
def test_the_way_back_from_an_entry_keeps_how_the_record_was_narrowed(somebody, as_actor, came_from, back):
    entry_id = signed_note(as_actor, somebody.doctor, somebody.patient.id)

    page = somebody.browser.get(f"/my/timeline/{entry_id}", headers={"Referer": came_from}).text

    assert f'class="nhsuk-back-link" href="{back}"' in page
