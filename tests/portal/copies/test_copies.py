"""A person takes a copy of everything that is kept about them: nothing of theirs is missing, nothing of others is in it."""

import csv
import io
import json
import zipfile
from importlib import import_module

import pytest

from emr.chart.actions import open_chart
from foundation.database.tables import Base
from identity.access.enumerations import Scope
from identity.copies import queries
from identity.delegations.enumerations import DelegationKind
from portal.copies import actions
from portal.copies.routes.files import ACCESS_LOG
from tests.architecture.house import files_of_word, name_of
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import signed_note
from tests.identity.delegations.acting import Acting
from tests.pages import filled, read

PAGE, COPY = "/my/copy", "/my/copy.zip"
# Tables that name a patient and stand in no copy, each with its reason.
NOT_IN_IT = {
    "archive.series_metadata": "headers of the pictures, which are seen with them",
    "archive.study_assignment": "how the loader found out whose pictures they are; that it did stands in the list of who looked",
    "archive.study_reading": "which sessions are known to have looked; the list of who looked tells it",
    "dispatch.slot_occupancy": "which time a booking takes; the booking tells it",
    "emr.conflict_answer": "a registrar's work on what a sender told otherwise; the list of who looked tells of it",
    "emr.conflict_outcome": "the same",
    "emr.draft": "begun by a doctor and not signed: no part of the record",
    "emr.import_conflict": "what a sender told otherwise and may be about somebody else, until a registrar has compared",
    "emr.import_conflict_decision": "the same",
    "identity.linking_code": "a secret for one use, over within days",
    "identity.waiting_emergency": "that a verdict is awaited; the emergency is told",
    "portal.waiting_erasure": "that an answer is awaited; the request is told",
    "portal.waiting_objection": "that an answer is awaited; the case is told",
}


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


def opened(answer):
    """The files of a copy, by their names."""
    assert answer.status_code == 200, answer.text
    with answer, zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def rows(files, name):
    return list(csv.DictReader(io.StringIO(files[name])))


def test_every_table_that_names_a_patient_is_in_the_copy_or_says_why_not(app):
    for file in files_of_word("tables"):
        import_module(name_of(file).removesuffix(".py").replace("/", "."))
    naming = {
        table.fullname
        for table in Base.metadata.tables.values()
        if {"patient_id", "own_patient_id", "delegate_id"} & set(table.c.keys())
    } | {"identity.patient"}
    told = {each for part in (*app.extensions["copy_parts"](), ACCESS_LOG) for each in part.tables}

    assert told & NOT_IN_IT.keys() == set()
    assert naming == told | NOT_IN_IT.keys()


def test_the_copy_holds_what_is_kept_and_explains_each_file(desk, acting, as_actor, as_loader):
    patient = desk.patient(family_name="Копиева")
    signed_note(as_actor, desk.doctor, patient.id, complaints="Кашель третий день")
    referral_id = desk.sent(patient, reason="Осмотр кардиолога")
    desk.booked(referral_id, desk.slot())
    browser = acting.browser_of(patient)
    browser.post(
        "/my/consents",
        data=filled(browser.get("/my/consents"), purpose="research", decision="permit", seen="1"),
    )
    with as_actor(desk.doctor.actor) as session:
        open_chart(session, patient.id)

    page = read(browser.get(PAGE))
    files = opened(browser.get(COPY))

    facts = {each["what"]: each["value"] for each in rows(files, "person.csv")}
    assert facts["family_name"] == "Копиева"
    assert patient.snils in facts.values()
    assert "Кашель третий день" in json.dumps(json.loads(files["record.json"]), ensure_ascii=False)
    assert [each["reason"] for each in rows(files, "dispatch.referral.csv")] == ["Осмотр кардиолога"]
    assert len(rows(files, "dispatch.booking.csv")) == 1
    assert [each["decision"] for each in rows(files, "identity.consent.csv")] == ["permit"]
    assert any(each["Who looked"].startswith("Doktorov") for each in rows(files, "access.csv"))
    assert rows(files, "identity.session.csv")
    assert set(files) - {"index.html"} == {name for name in files if f'href="{name}"' in files["index.html"]}
    assert "Что в этой копии" in files["index.html"]
    assert "What is in this copy" in files["index.html"]
    assert "Who you are: your name" in page


def test_no_secret_of_the_service_and_nothing_of_others_is_in_it(desk, acting, people, as_actor):
    patient, other = desk.patient(family_name="Копиева"), desk.patient(family_name="Чужова")
    signed_note(as_actor, desk.doctor, other.id, complaints="Чужая жалоба")
    desk.sent(other, reason="Чужой осмотр")

    files = opened(acting.browser_of(patient).get(COPY))

    everything = "\n".join(files.values())
    assert str(patient.id) in everything
    assert str(other.id) not in everything
    assert "Чуж" not in everything
    heads = {
        each
        for name in files
        if name.endswith(".csv")
        for each in next(iter(csv.reader(io.StringIO(files[name]))))
    }
    assert not [each for each in heads if each.endswith(("_digest", "_sealed", "_sha256"))]


def test_each_wall_alone_keeps_others_out(desk, acting, walled, as_actor):
    patient, other = desk.patient(), desk.patient()
    desk.sent(other, reason="Чужой осмотр")
    browser = acting.browser_of(patient)
    walled()

    files = opened(browser.get(COPY))

    assert str(other.id) not in "\n".join(files.values())


def test_the_list_of_who_looked_tells_of_it(acting, people):
    browser = acting.browser_of(people.patient())
    opened(browser.get(COPY))

    assert "A copy of all your data was taken" in read(browser.get("/my/access?whose=own"))


def test_a_fourth_copy_within_an_hour_is_refused(acting, people):
    browser = acting.browser_of(people.patient())

    statuses = []
    for _ in range(actions.MOST_AN_HOUR + 1):
        with browser.get(COPY) as answer:
            statuses.append(answer.status_code)

    assert statuses == [200] * actions.MOST_AN_HOUR + [429]


def test_a_cell_that_begins_like_a_formula_is_text(desk, acting):
    patient = desk.patient()
    desk.sent(patient, reason="=HYPERLINK(1)")

    (referral,) = rows(opened(acting.browser_of(patient).get(COPY)), "dispatch.referral.csv")

    assert referral["reason"] == "'=HYPERLINK(1)"


def test_a_right_over_a_part_takes_no_copy_and_one_over_the_whole_does(acting, people, walls):
    giver, friend = people.patient(), people.patient()
    part = acting.acting(friend, acting.let(friend, giver, scopes=(Scope.RECORD,)))
    parent = people.patient()
    whole = acting.acting(parent, acting.let(parent, giver, kind=DelegationKind.GUARDIAN))

    assert [part.get(each).status_code for each in (PAGE, COPY)] == [403, 403]
    facts = rows(opened(whole.get(COPY)), "person.csv")
    assert str(giver.id) in [each["value"] for each in facts]
    assert whole.get("/my/access").status_code == 200


def test_nobody_of_the_staff_takes_a_copy(people, client_for):
    doctor = client_for(people.doctor().actor)

    assert doctor.get(COPY).status_code in (303, 403)


def test_of_many_rows_none_is_missing(acting, people, monkeypatch):
    monkeypatch.setattr(queries, "PORTION", 2)
    browser = acting.browser_of(people.patient())
    for decision in ("permit", "deny", "permit", "deny", "permit"):
        browser.post(
            "/my/consents",
            data=filled(browser.get("/my/consents"), purpose="research", decision=decision, seen="1"),
        )

    decided = [each["id"] for each in rows(opened(browser.get(COPY)), "identity.consent.csv")]

    assert len(decided) == len(set(decided)) == 5
