"""The doctor's pages, read as a doctor reads them."""

import re
from html import unescape

import pytest
from sqlalchemy import event, select

from dispatch_backend.services.actions import load_reference
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.notes.actions.notes import write_note
from emr.notes.actions.signatures import sign_entry
from foundation.actor import Actor, ActorKind
from foundation.audit import AuditEvent
from foundation.database import process_engines
from foundation.identifiers import new_id
from identity.patients.queries.patients import known_patient
from tests.emr.factories import as_bytes, first_uuid, note, observation, person_with
from tests.pages import filled

TYPED = {
    "seen_at": "2026-05-03T14:05",
    "complaints": "Кашель <третий> день",
    "history": "",
    "examination": "Хрипы",
    "diagnosis_code": "j20.9",
    "diagnosis": "Острый бронхит",
    "plan": "Покой",
}


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def patient(people, doctor):
    return people.patient(cared_for_at=doctor.facility_id)


@pytest.fixture
def desk(client_for, doctor):
    browser = client_for(doctor.actor)
    browser.set_cookie("language", "en")
    return browser


def write(desk, patient, **changes):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new")
    answer = desk.post(f"/emr/patients/{patient.id}/entries", data=filled(page, **{**TYPED, **changes}))
    assert answer.status_code == 303, answer.text
    return first_uuid(answer.location)


def signed(as_actor, doctor, patient, **changes):
    with as_actor(doctor.actor) as session:
        entry_id = write_note(session, patient.id, note=note(**changes))
        sign_entry(session, entry_id, seen_number=1)
    return entry_id


def test_a_doctor_finds_a_patient_by_name_and_birth_date_and_opens_the_chart(desk, patient):
    found = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=f"{patient.birth_date:%d.%m.%Y}"))

    assert found.status_code == 200
    assert f"/emr/patients/{patient.id}" in found.text
    assert desk.get(f"/emr/patients/{patient.id}").status_code == 200


def test_a_search_finds_nobody_outside_the_facilitys_care(desk, people):
    stranger = people.patient()

    found = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=stranger.snils))

    assert "Nobody found." in found.text


def test_an_empty_search_says_what_to_type(desk):
    answer = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=""))

    assert answer.status_code == 422
    assert "Type a name, a date of birth or a SNILS." in answer.text


def test_the_chart_says_that_nobody_asked_rather_than_that_there_is_nothing(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}")

    assert "Not recorded: nobody has asked." in page.text


def test_the_chart_shows_at_a_glance_what_must_be_known(desk, doctor, as_loader):
    value = person_with(
        lambda who: {"resourceType": "AllergyIntolerance", "patient": {"reference": who}, "code": {"text": "Allergy to nut"},
                     "criticality": "high"},
        lambda who: {"resourceType": "Condition", "subject": {"reference": who}, "code": {"text": "Gout"}},
        lambda who: observation(who, category=[{"coding": [{"code": "vital-signs"}]}]),
    )  # fmt: skip
    with as_loader() as session:
        import_bundle(session, read_bundle(as_bytes(value), source="urn:x"), facility_id=doctor.facility_id)
        identifier = value["entry"][0]["resource"]["identifier"][0]
        patient_id = known_patient(session, system=identifier["system"], value=identifier["value"])

    page = desk.get(f"/emr/patients/{patient_id}").text

    for words in ("Nuts", "may be dangerous", "Gout", "Haemoglobin", "131 g/L"):
        assert words in page


def test_the_record_in_the_chart_is_narrowed_and_nonsense_narrows_nothing(desk, doctor, patient, as_actor):
    entry_id = signed(as_actor, doctor, patient)

    def lists_it(query: str) -> bool:
        record = desk.get(f"/emr/patients/{patient.id}?{query}").text.split('id="record"')[1]
        return f"/emr/entries/{entry_id}" in record

    assert lists_it("kind=note&year=2026")
    assert not lists_it("kind=allergy")
    assert not lists_it("year=2019")
    assert lists_it("kind=%00&year=soon&before=yesterday")


def test_a_value_outside_its_range_is_called_the_same_on_every_page(desk, doctor, as_loader, client_for):
    usual = {"low": {"value": 120, "unit": "g/L"}, "high": {"value": 130, "unit": "g/L"}}
    value = person_with(lambda who: observation(who, referenceRange=[usual]))
    with as_loader() as session:
        import_bundle(session, read_bundle(as_bytes(value), source="urn:x"), facility_id=doctor.facility_id)
        identifier = value["entry"][0]["resource"]["identifier"][0]
        patient_id = known_patient(session, system=identifier["system"], value=identifier["value"])
    citizen = client_for(Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=patient_id, role="patient"))
    citizen.set_cookie("language", "ru")

    chart = desk.get(f"/emr/patients/{patient_id}?kind=result").text
    measured = desk.get(re.search(r'href="(/emr/entries/[^"]+)"', chart)[1]).text

    assert "above the usual</span>" in chart
    assert "above the usual</dd>" in measured
    assert "выше обычного</span>" in citizen.get("/my/timeline").text


def test_a_note_is_written_read_and_signed(desk, patient):
    entry_id = write(desk, patient, next="sign")
    page = desk.get(f"/emr/entries/{entry_id}/signature")
    assert "Кашель &lt;третий&gt; день" in page.text
    assert "J20.9 Острый бронхит" in page.text

    answer = desk.post(f"/emr/entries/{entry_id}/signature", data=filled(page), follow_redirects=True)

    assert "Signed. The patient sees it now." in answer.text
    assert "J20.9 Острый бронхит" in answer.text
    assert "Check sum" in desk.get(f"/emr/entries/{entry_id}").text


def test_sending_twice_writes_once(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/entries/new")
    form = filled(page, **TYPED)

    first, second = (desk.post(f"/emr/patients/{patient.id}/entries", data=form) for _ in range(2))

    assert (first.status_code, first.location) == (second.status_code, second.location)


def test_signing_twice_signs_once(desk, patient):
    entry_id = write(desk, patient)
    form = filled(desk.get(f"/emr/entries/{entry_id}/signature"))

    answers = [desk.post(f"/emr/entries/{entry_id}/signature", data=form) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]


def test_a_stale_save_loses_nothing_that_was_typed(desk, patient):
    entry_id = write(desk, patient)
    first, second = (desk.get(f"/emr/entries/{entry_id}/edit") for _ in range(2))
    desk.post(f"/emr/entries/{entry_id}", data=filled(first, **{**TYPED, "plan": "Из первого окна"}))

    answer = desk.post(
        f"/emr/entries/{entry_id}", data=filled(second, **{**TYPED, "plan": "Из второго окна"})
    )

    assert answer.status_code == 412
    assert "Из второго окна" in answer.text
    assert "Из первого окна" in answer.text
    again = desk.post(f"/emr/entries/{entry_id}", data=filled(answer, **{**TYPED, "plan": "Из второго окна"}))
    assert again.status_code == 303


@pytest.fixture
def commits(app):
    """The transactions of the web that were kept."""
    kept = []
    count = kept.append
    event.listen(process_engines.engine(), "commit", count)
    yield kept
    event.remove(process_engines.engine(), "commit", count)


@pytest.mark.parametrize("stale", [False, True])
def test_a_draft_is_read_and_noted_in_one_transaction(desk, patient, as_actor, commits, stale):
    entry_id = write(desk, patient)
    page = desk.get(f"/emr/entries/{entry_id}/edit")
    desk.post(f"/emr/entries/{entry_id}", data=filled(page, **{**TYPED, "plan": "Из первого окна"}))
    commits.clear()

    if stale:
        desk.post(f"/emr/entries/{entry_id}", data=filled(page, **TYPED, idempotency_key="another"))
    else:
        desk.get(f"/emr/entries/{entry_id}/edit")

    assert len(commits) == 1
    with as_actor(patient.actor) as session:
        acts = list(session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))
    assert acts[-2:] == ["entry.written", "draft.opened"]


def test_amending_needs_a_reason_and_keeps_the_text(desk, doctor, patient, as_actor):
    entry_id = signed(as_actor, doctor, patient)
    page = desk.get(f"/emr/entries/{entry_id}/edit")

    answer = desk.post(f"/emr/entries/{entry_id}", data=filled(page, **{**TYPED, "plan": "Антибиотик"}))

    assert answer.status_code == 409
    assert "Антибиотик" in answer.text
    assert "only be changed with a reason" in answer.text


def test_whoever_signs_what_changed_meanwhile_reads_it_first(desk, patient):
    entry_id = write(desk, patient)
    read = desk.get(f"/emr/entries/{entry_id}/signature")
    page = desk.get(f"/emr/entries/{entry_id}/edit")
    desk.post(f"/emr/entries/{entry_id}", data=filled(page, **{**TYPED, "plan": "Другой план"}))

    refused = desk.post(f"/emr/entries/{entry_id}/signature", data=filled(read))
    signed_now = desk.post(f"/emr/entries/{entry_id}/signature", data=filled(refused))

    assert refused.status_code == 412
    assert "Другой план" in refused.text
    assert signed_now.status_code == 303


def test_a_form_that_is_not_ours_signs_nothing_and_shows_the_page_again(desk, doctor, patient, as_actor):
    entry_id = signed(as_actor, doctor, patient)

    answer = desk.post(f"/emr/entries/{entry_id}/signature", data={"seen_number": "1"})

    assert answer.status_code == 422
    assert "J20.9 Острый бронхит" in answer.text


def test_an_incomplete_note_is_not_signed_and_says_what_is_missing(desk, patient):
    entry_id = write(desk, patient, plan="")

    answer = desk.post(
        f"/emr/entries/{entry_id}/signature", data=filled(desk.get(f"/emr/entries/{entry_id}/signature"))
    )

    assert answer.status_code == 409
    assert "needs complaints, a diagnosis and a plan" in answer.text


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("X", "This is not an ICD-10 code: a Latin letter and two digits"),
        ("J06.9 and more", "This is not an ICD-10 code: a Latin letter and two digits"),
        ("J٠6", "This is not an ICD-10 code: a Latin letter and two digits"),
        ("S72.001", "This is not an ICD-10 code: a Latin letter and two digits"),
        ("C7A", "This is not an ICD-10 code: a Latin letter and two digits"),
        ("а09", "The letter of an ICD-10 code is Latin."),
    ],
)
@pytest.mark.parametrize("form", ["entries", "referrals"])
def test_a_wrong_code_is_told_at_its_field(desk, patient, form, code, sentence):
    page = desk.get(f"/emr/patients/{patient.id}/{form}/new")

    answer = desk.post(
        f"/emr/patients/{patient.id}/{form}", data=filled(page, **{**TYPED, "diagnosis_code": code})
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{code.upper()}"' in answer.text


def test_a_code_may_be_typed_in_small_letters_and_with_spaces_around(desk, patient):
    entry_id = write(desk, patient, diagnosis_code=" j20.9 ")

    assert "J20.9 Острый бронхит" in desk.get(f"/emr/entries/{entry_id}").text


def test_another_facilitys_doctor_is_told_that_there_is_no_such_page(
    client_for, people, doctor, patient, as_actor, walled
):
    entry_id = signed(as_actor, doctor, patient)
    walled()
    stranger = client_for(people.doctor().actor)

    foreign = [
        stranger.get(each).status_code
        for each in (
            f"/emr/patients/{patient.id}",
            f"/emr/patients/{patient.id}/entries/new",
            f"/emr/patients/{patient.id}/referrals/new",
            f"/emr/entries/{entry_id}",
            f"/emr/entries/{entry_id}/edit",
            f"/emr/entries/{entry_id}/signature",
        )
    ]

    assert foreign == [404] * 6
    assert stranger.get(f"/emr/entries/{new_id()}").status_code == 404


def test_citizens_and_dispatchers_do_not_come_to_the_desk(client_for, people, client):
    assert client_for(people.dispatcher().actor).get("/emr").status_code == 403
    assert client.get("/emr").status_code == 303


def test_opening_a_chart_and_an_entry_leaves_lines_for_the_patient(desk, doctor, patient, as_actor):
    entry_id = signed(as_actor, doctor, patient)
    desk.get(f"/emr/patients/{patient.id}")
    desk.get(f"/emr/entries/{entry_id}")

    with as_actor(patient.actor) as session:
        acts = list(session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))
    assert acts[-2:] == ["chart.opened", "entry.opened"]


def test_a_page_of_the_record_goes_on_where_the_one_before_ended(desk, doctor, as_loader):
    value = person_with(*[
        (lambda who, day=day: observation(who, effectiveDateTime=f"2026-03-{day:02}")) for day in range(1, 21)
    ])  # fmt: skip
    with as_loader() as session:
        import_bundle(session, read_bundle(as_bytes(value), source="urn:x"), facility_id=doctor.facility_id)
        identifier = value["entry"][0]["resource"]["identifier"][0]
        patient_id = known_patient(session, system=identifier["system"], value=identifier["value"])

    first = desk.get(f"/emr/patients/{patient_id}")
    older = unescape(re.search(r'href="([^"]*before=[^"]*)"', first.text)[1])
    second = desk.get(older)

    days = [re.findall(r"<span>(\d\d)/03/2026", page.text) for page in (first, second)]
    assert [int(day) for page in days for day in page] == list(range(20, 0, -1))


def test_a_patient_is_referred_out_of_the_chart(desk, patient, people, as_loader):
    people.center()
    with as_loader() as session:
        load_reference(session)
    page = desk.get(f"/emr/patients/{patient.id}/referrals/new")
    service = re.search(r'<option value="([^"]+)"', page.text)[1]
    typed = {"service": service, "priority": "planned", "diagnosis_code": "j20.9", "reason": "Кашель месяц"}

    answers = [
        desk.post(f"/emr/patients/{patient.id}/referrals", data=filled(page, **typed)) for _ in range(2)
    ]

    assert [each.status_code for each in answers] == [303, 303]
    chart = desk.get(f"/emr/patients/{patient.id}").text
    assert chart.count("waiting for a time") == 1
    again = desk.get(f"/emr/patients/{patient.id}/referrals/new")
    twin = desk.post(f"/emr/patients/{patient.id}/referrals", data=filled(again, **typed))
    assert twin.status_code == 409
    assert "Кашель месяц" in twin.text


def test_a_referral_without_words_is_sent_back(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/referrals/new")

    answer = desk.post(f"/emr/patients/{patient.id}/referrals", data=filled(page, priority="planned"))

    assert answer.status_code == 422
    assert "Say why the patient is referred." in answer.text
    assert "Choose what the referral is for." in answer.text


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_of_the_desk_is_shown_in_both_languages(desk, patient, language):
    desk.set_cookie("language", language)
    entry_id = write(desk, patient)
    for address in (
        "/emr",
        f"/emr/patients/{patient.id}",
        f"/emr/patients/{patient.id}/entries/new",
        f"/emr/entries/{entry_id}",
        f"/emr/entries/{entry_id}/edit",
        f"/emr/entries/{entry_id}/signature",
    ):
        assert desk.get(address).status_code == 200, address
