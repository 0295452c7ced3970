"""The pages on which a person hides an entry, shows it again and sees what is hidden, and what the list of who looked says of it."""

from uuid import uuid4

import pytest

from emr.details.actions import open_entry
from foundation.clock import today
from identity.delegations.enumerations import DelegationKind
from identity.roles import Role
from portal.access_log.queries import AccessWanted, access_log_of
from portal.objections.actions import raise_objection
from portal.objections.queries import own_objections
from tests.emr.notes.factories import signed_note
from tests.emr.sensitivity.test_labels import SAD
from tests.identity.delegations.acting import Acting
from tests.identity.emergencies.factories import open_record
from tests.identity.shares.sharing import RECORD, Sharing
from tests.pages import filled, read
from tests.portal.copies.test_copies import opened, rows

LIST = "/my/hidings"


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def colleague(people, doctor):
    return people.doctor(facility_id=doctor.facility_id)


@pytest.fixture
def patient(people, doctor):
    return people.patient(cared_for_at=doctor.facility_id, family_name="Скрытнова")


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


@pytest.fixture
def browser(acting, patient):
    return acting.browser_of(patient)


@pytest.fixture
def written(as_actor, doctor, patient):
    return signed_note(as_actor, doctor, patient.id)


def page_of(entry_id):
    return f"/my/timeline/{entry_id}/hiding"


def press(browser, entry_id, **typed):
    return browser.post(
        page_of(entry_id), data=filled(browser.get(page_of(entry_id)), **{"sure": "y", **typed})
    )


def lift(browser, entry_id):
    return browser.post(f"{page_of(entry_id)}/lift", data=filled(browser.get(f"/my/timeline/{entry_id}")))


def test_it_is_said_what_it_means_then_hidden_and_shown_again_on_the_same_page(
    browser, written, colleague, client_for
):
    entry = f"/my/timeline/{written}"
    before = read(browser.get(entry))
    told = read(browser.get(page_of(written)))
    answer = press(browser, written)
    hidden = (read(browser.get(entry)), read(browser.get("/my/timeline")), read(browser.get(LIST)))
    seen_meanwhile = client_for(colleague.actor).get(f"/emr/entries/{written}").status_code
    back = lift(browser, written)

    assert "Hide this entry" in before
    assert "You hid this entry on" not in before
    for words in (
        "Whoever wrote or signed it.",
        "In an emergency",
        "It is not erased.",
        "Allergies are never hidden",
    ):
        assert words in told
    assert (answer.status_code, answer.location) == (303, entry)
    assert "You hid this entry on" in hidden[0]
    assert "Show it again" in hidden[0]
    assert "you hid this" in hidden[1]
    assert "Hidden" in hidden[2]
    assert seen_meanwhile == 404
    assert (back.status_code, back.location) == (303, entry)
    assert client_for(colleague.actor).get(f"/emr/entries/{written}").status_code == 200
    assert "Shown again" in read(browser.get(LIST))
    assert "You hid this entry on" not in read(browser.get(entry))


def test_without_the_box_nothing_is_hidden(browser, written):
    answer = press(browser, written, sure="")

    assert answer.status_code == 422
    assert "Tick the box" in read(answer)
    assert "Nothing is hidden." in read(browser.get(LIST))


def test_another_s_entry_is_as_one_that_is_not_there(acting, people, browser, written, walls):
    stranger = acting.browser_of(people.patient())
    form = filled(stranger.get("/my/consents"), sure="y")
    for address in ("", "/lift"):
        foreign, absent = (
            stranger.post(f"{page_of(each)}{address}", data=form) for each in (written, uuid4())
        )
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert read(foreign) == read(absent)
    assert stranger.get(page_of(written)).status_code == 404
    assert "Nothing is hidden." in read(browser.get(LIST))


def test_the_list_of_who_looked_says_why_it_was_open_all_the_same(
    browser, written, as_actor, doctor, colleague, people, patient
):
    press(browser, written)
    on_duty = people.doctor(facility_id=doctor.facility_id)
    with as_actor(doctor.actor) as session:
        open_entry(session, written)
    with as_actor(on_duty.actor) as session:
        open_record(session, patient, withheld=True)
    with as_actor(on_duty.actor) as session:
        open_entry(session, written)

    log = read(browser.get("/my/access"))
    table = browser.get("/my/access.csv").text

    for words in ("Whoever wrote it still sees it", "In an emergency it opens all the same"):
        assert f"You had hidden an entry that was opened. {words}" in log
        assert words in table
    assert "Those who treat you in person still see it" not in log
    assert "An entry was hidden from the staff" in read(browser.get("/my/access?whose=own"))


def test_the_officer_reads_why_it_was_open(browser, written, as_actor, doctor, patient, people, client_for):
    press(browser, written)
    with as_actor(doctor.actor) as session:
        open_entry(session, written)
    with as_actor(patient.actor) as session:
        log = access_log_of(session, AccessWanted())
        (act,) = [each for each in log.acts if each.act == "entry.opened" and each.staff_id == doctor.id]
        case_id = raise_objection(session, act.id, words="Я её скрыл")
        assert own_objections(session).cases[0].care_bases[-1] == "hidden-author"

    officer = client_for(people.staff(Role.PRIVACY_OFFICER).actor)
    officer.set_cookie("language", "en")

    assert "Whoever wrote it still sees it" in read(officer.get(f"/privacy/objections/{case_id}"))


def test_who_looked_before_it_was_hidden_is_told_without_it(browser, written, as_actor, colleague):
    with as_actor(colleague.actor) as session:
        open_entry(session, written)
    press(browser, written)

    assert "You had hidden" not in read(browser.get("/my/access"))


def test_a_link_and_a_hospital_s_copy_leave_it_out_and_the_own_copy_holds_it(
    app, client_for, browser, written, patient, doctor, as_actor
):
    other = signed_note(as_actor, doctor, patient.id)
    press(browser, written)
    sharing = Sharing(app, client_for)
    given = sharing.given(sharing.browser_of(patient))
    guest = sharing.looking(given)
    desk = client_for(doctor.actor)
    export = f"/emr/patients/{patient.id}/export"
    copy = desk.post(export, data=filled(desk.get(export), reason="export-transfer")).text
    own = opened(browser.get("/my/copy.zip"))

    listed = guest.get(RECORD).text
    assert [str(each) in listed for each in (written, other)] == [False, True]
    assert guest.get(f"{RECORD}/{written}").status_code == 404
    assert [str(each) in copy for each in (written, other)] == [False, True]
    assert str(written) in own["record.json"]
    assert [each["entry_id"] for each in rows(own, "emr.hiding.csv")] == [str(written)]


def test_a_parent_to_whom_a_label_closes_an_entry_is_not_told_that_it_is_hidden(
    acting, people, doctor, as_actor
):
    child = people.patient(
        birth_date=today().replace(year=today().year - 16, day=1), cared_for_at=doctor.facility_id
    )
    sad, plain = (signed_note(as_actor, doctor, child.id, **changes) for changes in (SAD, {}))
    own = acting.browser_of(child)
    for each in (sad, plain):
        press(own, each)
        lift(own, each)
        press(own, each)
    mother = people.patient()
    browser = acting.acting(mother, acting.let(mother, child, kind=DelegationKind.PARENT, ends_at=None))

    listed = browser.get(LIST).text
    assert [str(each) in listed for each in (sad, plain)] == [False, True]
    files = opened(browser.get("/my/copy.zip"))
    assert str(sad) not in "\n".join(files.values())
    assert len(rows(files, "emr.hiding_lift.csv")) == 1
    refused = browser.post(f"{page_of(plain)}/lift", data=filled(browser.get(f"/my/timeline/{plain}")))
    assert refused.status_code == 409
    assert browser.get(page_of(sad)).status_code == 404
    assert "hidden from the staff" in read(browser.get("/my/timeline"))
